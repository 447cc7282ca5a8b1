using System.Diagnostics;
using Grpc.Net.Client;
using MixPolicy.Agent.Hosting;
using MixPolicy.Client;
using MixPolicy.Torch.Randomness;
using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Policy;
using MixPolicy.Trainer.Policy.Batches;
using MixPolicy.Trainer.Training;
using MixPolicy.V1;
using TorchSharp;

namespace MixPolicy.Benchmarks;

/// <summary>
/// Training time a batch of 100 images of 32×32 in 100 classes under fixed R-Mix and under the batch policies, each in both modes, decided by the service embedded in this
/// process over loopback, policy updates amortised in.
/// </summary>
/// <remarks>
/// A policy is warmed up by one rollout of batches; the steps that are measured are as many less one. RL-Mix has a shorter rollout than the published 1000, in minibatches of
/// 250 at most: as many passes over as many decisions a batch, and just one of its updates is in the time. The set policy has its own settings, an update every 16 batches; the last may run on
/// beside what is measured next. R-Mix is measured between the policies, so that a busy machine slows all alike.
/// </remarks>
internal static class RlStep
{
    private const int Batch = 100;
    private const int Classes = 100;
    private const int SetSteps = 64;
    private const int LargestMinibatch = 250;
    private const int PlainSteps = 24;

    /// <param name="rollout">Batches from one update of RL-Mix to the next.</param>
    public static IEnumerable<Measurement> Run(string model, int rollout) => RunAsync(model, rollout).GetAwaiter().GetResult();

    private static async Task<List<Measurement>> RunAsync(string model, int rollout)
    {
        var data = RandomData(Batch * 10);
        var folder = Directory.CreateTempSubdirectory("mixpolicy-rl-step-");
        await using var host = await AgentHost.StartAsync(Path.Combine(folder.FullName, "agent"));
        using var channel = AgentConnection.Open(host.GrpcAddress);
        using var thread = new ModelThread("rl-step", Environment.ProcessorCount);
        List<double> plain = [.. await MeasureAsync(thread, data, model, null, 4, PlainSteps)];
        List<(string Name, double[] Times)> steered = [];
        foreach (var policy in new[] { BatchPolicyNames.RlMix, BatchPolicyNames.RlMixSet })
        {
            foreach (var mode in new[] { BatchPolicyNames.Synchronous, BatchPolicyNames.Pipelined })
            {
                await using var agent = await StartAsync(channel, policy, mode, rollout);
                var steps = policy == BatchPolicyNames.RlMix ? rollout : Math.Min(SetSteps, rollout);
                var plan = new BatchSteeringPlan(
                    policy == BatchPolicyNames.RlMix ? Batch : null, policy != BatchPolicyNames.RlMix, policy == BatchPolicyNames.RlMix,
                    BatchPolicyNames.RewardOf(BatchPolicyNames.DefaultReward(policy)!), mode == BatchPolicyNames.Pipelined);
                var times = await MeasureAsync(thread, data, model, new BatchSteering(agent, plan, BatchSteeringState.Start), steps, steps - 1);
                steered.Add(($"{model} {policy} {mode}", times));
                plain.AddRange(await MeasureAsync(thread, data, model, null, 4, PlainSteps));
            }
        }

        var reference = Mean($"{model} rmix", plain);
        return [reference, .. steered.Select(s => Mean(s.Name, s.Times).Over(reference))];
    }

    // Means, as what comes now and then counts.
    private static Measurement Mean(string name, IReadOnlyList<double> times) => Measurement.FromSamples(name, [.. times]) with { MedianMs = times.Average(), Note = "mean" };

    private static async Task<AgentSession> StartAsync(GrpcChannel channel, string policy, string mode, int rollout)
    {
        var spec = new AgentSpec { ActionSpace = new(), Seed = 1 };
        if (policy == BatchPolicyNames.RlMix)
        {
            spec.RlMix = new() { Images = Batch, Classes = Classes, Ppo = new() { Rollout = rollout, Minibatch = Math.Min(LargestMinibatch, rollout) }, UpdateLag = rollout / 2 };
        }
        else
        {
            spec.RlMixSet = new();
        }

        var plan = new RunPlan(spec, new() { Intervals = 1, Classes = Classes, PeakLearningRate = 0.1 }, policy, mode);
        var agent = new AgentSession(new(channel), plan, new() { LastChoice = LibraryChoices.PerBatch, Notice = Console.Error.WriteLine });
        await agent.DecideAsync(0, CancellationToken.None);
        return agent;
    }

    /// <summary>Trains on <paramref name="warmUp"/> batches and then times each of <paramref name="steps"/>, in milliseconds.</summary>
    private static Task<double[]> MeasureAsync(ModelThread thread, Dataset data, string model, BatchSteering? steering, int warmUp, int steps) => thread.RunAsync<double[]>(() =>
    {
        var recipe = new TrainingRecipe { Model = model, Epochs = 1000, BatchSize = Batch, Seed = 1, HoldOutFraction = 0.1, MaxLearningRate = 0.01 };
        using var session = new ClassifierSession(recipe, data, torch.CPU, TimeProvider.System);
        var choice = new MixChoice(LibraryChoices.MethodOf(LibraryChoices.PerBatch), LibraryChoices.ParametersOf(LibraryChoices.PerBatch)) { Steering = steering };
        using var enough = new CancellationTokenSource();
        var times = new List<double>();
        var (done, last) = (0, Stopwatch.GetTimestamp());
        try
        {
            for (var epoch = 1; ; epoch++)
            {
                session.TrainEpoch(epoch, choice, measureSimilarity: false, Tick, enough.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return [.. times];
        }

        void Tick(EpochProgress progress)
        {
            if (done++ >= warmUp)
            {
                times.Add(Stopwatch.GetElapsedTime(last).TotalMilliseconds);
            }

            if (times.Count == steps)
            {
                enough.Cancel();
            }

            last = Stopwatch.GetTimestamp();
        }
    });

    private static Dataset RandomData(int images)
    {
        var stream = new RandomStream(1);
        ImageSet Images(int count)
        {
            var pixels = new byte[count * ImageSet.Channels * 32 * 32];
            for (var i = 0; i < pixels.Length; i++)
            {
                pixels[i] = (byte)stream.Below(256);
            }

            return new(pixels, [.. Enumerable.Range(0, count).Select(i => i % Classes)], 32);
        }

        return new("random", Images(images), Images(Batch), [.. Enumerable.Range(0, Classes).Select(k => $"{k}")], Normalisation.Cifar100);
    }
}
