using System.Runtime.InteropServices;
using System.Text.Json;
using MixPolicy.Client;
using MixPolicy.Mixup;
using MixPolicy.Testing;
using MixPolicy.Trainer.Networks;
using MixPolicy.Trainer.Optimization;
using MixPolicy.Trainer.Policy.Batches;
using MixPolicy.Trainer.Tests.Policy.Batches;
using MixPolicy.Trainer.Training;
using MixPolicy.Trainer.Training.Batches;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Networks;

/// <summary>The published network with recorded weights, and the published RL-Mix environment around it: a whole training episode.</summary>
public sealed class RMixEnvironmentGoldenTests
{
    // As the recording's README says: float noise is amplified from step to step.
    private const double FirstStep = 1e-4;
    private const double LaterSteps = 1e-2;

    public static TheoryData<string> Cases => new(GoldenFolder.Cases("rmixenv", ["episode_"], "episode_"));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_OfTheFirstBatch_GivesTheRecordedLogits(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        using var network = Network(golden);

        var images = GoldenCase.Tensor(golden.Inputs.GetProperty("batches")[0].GetProperty("images"));
        var logits = network.call(ChannelsLast.Of(images));

        var recorded = GoldenCase.Tensor(golden.Outputs.GetProperty("steps")[0].GetProperty("obs_logits"));
        logits.allclose(recorded, rtol: 1e-4, atol: 1e-6).ShouldBeTrue();
    }

    /// <summary>Over the wire: what the agent is told of batches, rewards and the episode's end is what is recorded.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Episode_WithTheRecordedDraws_SeesAndEarnsWhatIsRecorded(string path)
    {
        var stop = TestContext.Current.CancellationToken;
        var golden = GoldenCase.Read(path);
        var steps = golden.Outputs.GetProperty("steps").EnumerateArray().ToArray();
        var (images, classes) = (Values(steps[0], "action").Length, Values(steps[0], "obs_logits").Length / Values(steps[0], "action").Length);
        await using var service = await BreakingService.StartAsync(stop);
        service.Decides = (batch, _) => [.. Values(steps[batch], "action").Select(bin => (byte)bin)];
        using var channel = AgentConnection.Open(service.Address);
        var plan = new RunPlan(new() { RlMix = new() { Images = images, Classes = classes } }, new() { Intervals = 1, Classes = classes, PeakLearningRate = 0.1 }, "rlmix", "golden");
        await using var agent = new AgentSession(new(channel), plan, new());
        using var steering = new BatchSteering(agent, new(images, SeesDraws: false, OneReward: true, BatchRewardKind.Saliency, Pipelined: false), BatchSteeringState.Start);
        await agent.DecideAsync(0, stop);

        Train(golden, steps, steering);
        await steering.EndEpochAsync();
        await steering.SendRewardsAsync(1, stop);

        for (var t = 0; t < steps.Length; t++)
        {
            Close(Numbers(service.Observations[t].Saliency), Values(steps[t], "obs_saliency"), Tolerance(t), $"saliency of step {t}");
            Close(Numbers(service.Observations[t].Logits), Values(steps[t], "obs_logits"), Tolerance(t), $"logits of step {t}");
            ((double)Numbers(service.Rewards[t].Rewards).Single()).ShouldBe(steps[t].GetProperty("reward").GetDouble(), Tolerance(t), $"reward of step {t}");
        }

        service.Rewards.Select(reward => reward.Last).ShouldBe(steps.Select(step => step.GetProperty("done").GetBoolean()), "the episode's end");
    }

    /// <summary>The steps of the episode, with losses and mixed labels as recorded.</summary>
    private static void Train(GoldenCase golden, JsonElement[] steps, BatchSteering steering)
    {
        using var scope = NewDisposeScope();
        using var network = Network(golden);
        using var optimizer = new Sgd(network.named_parameters(), weightDecay: 1e-4);
        var drawn = 0;
        var source = new BatchSource(steps.Length, t => Batch(golden, t), _ => Draws(steps[drawn++]), t => (double)t / steps.Length);
        var choice = new MixChoice(MixupMethods.RMix, new()) { Steering = steering };
        var reward = new WatchedReward(new SaliencyReward(steering.Patches));
        using var epoch = new SteeredEpoch(network, optimizer, source, choice, reward, new(TimeProvider.System), TimeProvider.System, default);
        for (var t = 0; t < steps.Length; t++)
        {
            var (_, loss, _, _) = epoch.Step(t, new(steps[t].GetProperty("lr").GetDouble(), steps[t].GetProperty("momentum").GetDouble()));
            loss.ShouldBe(steps[t].GetProperty("train_loss").GetDouble(), Tolerance(t) * 2, $"loss of step {t}");
            Close(reward.Labels[t], Values(steps[t], "mixed_labels"), Tolerance(t), $"mixed labels of step {t}");
        }
    }

    private static double Tolerance(int step) => step == 0 ? FirstStep : LaterSteps;

    private static float[] Numbers(Google.Protobuf.ByteString packed) => MemoryMarshal.Cast<byte, float>(packed.Span).ToArray();

    private static PreActResNet Network(GoldenCase golden)
    {
        var weights = golden.Inputs.GetProperty("weights").EnumerateObject().ToDictionary(p => p.Name, p => GoldenCase.Tensor(p.Value));
        int[] blocks = [.. Enumerable.Range(1, 4).Select(stage => weights.Keys.Count(k => k.StartsWith($"layer{stage}.", StringComparison.Ordinal) && k.EndsWith("conv1.weight", StringComparison.Ordinal)))];
        var network = new PreActResNet((int)weights["linear.bias"].shape[0], (int)weights["conv1.weight"].shape[0], blocks, new Generator(1));
        using var noGradient = no_grad();
        var state = network.state_dict();
        weights.Keys.Except(state.Keys).ShouldBeEmpty();
        foreach (var (name, value) in weights)
        {
            state[name].copy_(value);
        }

        return network;
    }

    private static MixupBatch Batch(GoldenCase golden, int t)
    {
        var batch = golden.Inputs.GetProperty("batches")[t];
        var classes = GoldenCase.Tensor(golden.Inputs.GetProperty("weights").GetProperty("linear.bias")).shape[0];
        return new(GoldenCase.Tensor(batch.GetProperty("images")), nn.functional.one_hot(GoldenCase.Tensor(batch.GetProperty("labels")), classes).to(float32));
    }

    private static ThresholdDraws Draws(JsonElement step)
    {
        long[] partners = [.. Values(step, "perm").Select(p => (long)p)];
        return new(Values(step, "w")[0], partners, step.GetProperty("mixup_pool_kernel").GetInt32(), new float[partners.Length]);
    }

    private static float[] Values(JsonElement step, string name)
    {
        using var scope = NewDisposeScope();
        return GoldenCase.Tensor(step.GetProperty(name)).to(float32).data<float>().ToArray();
    }

    /// <summary>Relative to the largest value.</summary>
    private static void Close(float[] actual, float[] recorded, double tolerance, string what)
    {
        var scale = recorded.Max(Math.Abs);
        actual.Length.ShouldBe(recorded.Length, what);
        actual.Zip(recorded, (a, r) => Math.Abs(a - r)).Max().ShouldBeLessThanOrEqualTo((float)(tolerance * scale), what);
    }

    /// <summary>Keeps the labels of what was mixed.</summary>
    private sealed class WatchedReward(IBatchReward reward) : IBatchReward
    {
        public List<float[]> Labels { get; } = [];

        public StepLook Before(int batch) => reward.Before(batch);

        public float[] After(ObservedBatch clean, MixedBatch mixed, StepLook look)
        {
            Labels.Add(mixed.Labels.to(float32).data<float>().ToArray());
            return reward.After(clean, mixed, look);
        }
    }
}
