using System.Text.Json;
using MixPolicy.Mixup;
using MixPolicy.Testing;
using MixPolicy.Trainer.Networks;
using MixPolicy.Trainer.Optimization;
using MixPolicy.Trainer.Tests.Training.Batches;
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

    [Theory]
    [MemberData(nameof(Cases))]
    public void Episode_WithTheRecordedDraws_SeesAndEarnsWhatIsRecorded(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        var steps = golden.Outputs.GetProperty("steps").EnumerateArray().ToArray();
        using var network = Network(golden);
        using var optimizer = new Sgd(network.named_parameters(), weightDecay: 1e-4);
        var steering = new ScriptedSteering((t, _) => [.. Values(steps[t], "action").Select(bin => (float)(0.99 / 9 * bin))]);
        var drawn = 0;
        var source = new BatchSource(steps.Length, t => Batch(golden, t), _ => Draws(steps[drawn++]), t => (double)t / steps.Length);
        var choice = new MixChoice(MixupMethods.RMix, new()) { Steering = steering };
        using var epoch = new SteeredEpoch(network, optimizer, source, choice, new SaliencyReward(steering.Patches), new(TimeProvider.System), TimeProvider.System, default);

        for (var t = 0; t < steps.Length; t++)
        {
            var tolerance = t == 0 ? FirstStep : LaterSteps;
            var (_, loss, _, _) = epoch.Step(t, new(steps[t].GetProperty("lr").GetDouble(), steps[t].GetProperty("momentum").GetDouble()));

            Close(steering.Views[t].Saliency, Values(steps[t], "obs_saliency"), tolerance, $"saliency of step {t}");
            Close(steering.Views[t].Logits, Values(steps[t], "obs_logits"), tolerance, $"logits of step {t}");
            loss.ShouldBe(steps[t].GetProperty("train_loss").GetDouble(), tolerance * 2, $"loss of step {t}");
            ((double)steering.Rewards[t].Single()).ShouldBe(steps[t].GetProperty("reward").GetDouble(), tolerance, $"reward of step {t}");
        }

        // The episode ends with the epoch, and only there.
        steps.Select(step => step.GetProperty("done").GetBoolean()).ShouldBe(Enumerable.Range(1, source.Batches).Select(t => t == source.Batches));
        steering.Rewards.Count.ShouldBe(source.Batches);
    }

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

    private static float[] Values(JsonElement step, string name) => GoldenCase.Tensor(step.GetProperty(name)).to(float32).data<float>().ToArray();

    /// <summary>Relative to the largest value.</summary>
    private static void Close(float[] actual, float[] recorded, double tolerance, string what)
    {
        var scale = recorded.Max(Math.Abs);
        actual.Length.ShouldBe(recorded.Length, what);
        actual.Zip(recorded, (a, r) => Math.Abs(a - r)).Max().ShouldBeLessThanOrEqualTo((float)(tolerance * scale), what);
    }
}
