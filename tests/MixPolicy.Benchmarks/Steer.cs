using System.Diagnostics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Learning.Validation;
using MixPolicy.Agent.Policies;
using MixPolicy.Torch.Threads;
using MixPolicy.V1;
using BatchObservation = MixPolicy.V1.BatchObservation;

namespace MixPolicy.Benchmarks;

/// <summary>
/// What a batch decision costs over loopback, once warm: 100 images, 100 classes, 8 × 8 patches, with the reward of the batch before. Against an echo of the
/// same bytes, the policy's decision alone, and a durable commit of as much on the same disk, for scale. The four take turns, so that whatever else the machine does
/// meets all of them.
/// </summary>
internal static class Steer
{
    private const int Images = 100;
    private const int Classes = 100;
    private const int Patches = 8;
    private const int WarmUp = 200;

    // With the warm-up fewer than a rollout of rl_mix: no update runs beside it. rl_mix_set makes one every 16 batches, its cost is in here.
    private const int Samples = 700;
    private const int RowBytes = 200;
    private const double Demanded = 0.5;

    public static IEnumerable<Measurement> Run() =>
    [
        .. RunAsync("rl_mix", new() { RlMix = new(), Seed = 1 }).GetAwaiter().GetResult(),
        .. RunAsync("rl_mix_set", new() { RlMixSet = new(), Seed = 1 }).GetAwaiter().GetResult(),
    ];

    private static async Task<IReadOnlyList<Measurement>> RunAsync(string name, AgentSpec spec)
    {
        var folder = Directory.CreateTempSubdirectory("mixpolicy-steer-");
        await using var host = await AgentHost.StartAsync(Path.Combine(folder.FullName, "agent"));
        var (echoing, echoAddress) = await EchoService.StartAsync();
        await using var _ = echoing;
        using var channel = GrpcChannel.ForAddress(host.GrpcAddress);
        using var echoChannel = GrpcChannel.ForAddress(echoAddress);
        var client = new PolicyService.PolicyServiceClient(channel);
        await client.CreateAgentAsync(new() { AgentId = "bench", Spec = spec });
        var started = await client.StartRunAsync(new()
        {
            Parent = "agents/bench",
            RunId = "r",
            Spec = new() { Intervals = 10, Classes = Classes, PeakLearningRate = 0.1 },
            LeaseDuration = Duration.FromTimeSpan(TimeSpan.FromHours(1)),
        });
        using var steering = client.SteerBatches();
        using var echo = new PolicyService.PolicyServiceClient(echoChannel).SteerBatches();
        using var row = new DurableCommit(Path.Combine(folder.FullName, "commit.db"), RowBytes);
        using var thread = new ModelThread("bench", intraOpThreads: 1);
        var frozen = AgentSpecDefaults.Fill(spec);
        frozen.Frozen = true;
        using var policy = BatchPolicies.Create(frozen);

        var (echoed, forward, commit, steer) = (new double[Samples], new double[Samples], new double[Samples], new double[Samples]);
        for (var i = -WarmUp; i < Samples; i++)
        {
            var batch = i + WarmUp;
            var request = Request(started, batch);
            var seen = Seen(request.Observation);
            var echoTime = await TimeAsync(() => AskAsync(echo, request));
            var forwardTime = await thread.RunAsync(() => Time(() => policy.Decide("r", batch, seen, (ulong)batch)));
            var commitTime = await TimeAsync(() => Task.Run(row.Make));
            var steerTime = await TimeAsync(() => AskAsync(steering, request));
            if (i >= 0)
            {
                (echoed[i], forward[i], commit[i], steer[i]) = (echoTime, forwardTime, commitTime, steerTime);
            }
        }

        var measurements = new[]
        {
            Measurement.FromSamples($"{name}-echo", echoed) with { Note = $"the same {Request(started, 1).CalculateSize()} bytes, a reply of a decision's size" },
            Measurement.FromSamples($"{name}-forward", forward) with { Note = "the policy's decision alone" },
            Measurement.FromSamples($"{name}-commit", commit) with { Note = $"one row of {RowBytes} bytes, WAL, synchronous=FULL: for scale" },
            Measurement.FromSamples($"{name}-steer", steer) with { Note = "reward of the batch before and decision, written before the reply and flushed behind it" },
        };
        var excess = measurements[3].MedianMs - measurements[0].MedianMs - measurements[1].MedianMs;
        return
        [
            .. measurements,
            new($"{name}-steer-excess", Against: "echo + forward", Value: excess, Note: $"median, milliseconds; demanded: at most {Demanded}"),
        ];
    }

    private static async Task AskAsync(AsyncDuplexStreamingCall<SteerBatchesRequest, SteerBatchesResponse> stream, SteerBatchesRequest request)
    {
        await stream.RequestStream.WriteAsync(request);
        if (!await stream.ResponseStream.MoveNext(default))
        {
            throw new InvalidOperationException("the stream has ended");
        }
    }

    private static SteerBatchesRequest Request(StartRunResponse started, int batch)
    {
        var random = new Random(batch);
        var request = new SteerBatchesRequest
        {
            Run = started.Run.Name,
            LeaseToken = started.Lease.Token,
            Batch = batch,
            Progress = 0.1,
            Observation = new()
            {
                Images = Images,
                Classes = Classes,
                Patches = Patches,
                Saliency = Packed(Enumerable.Repeat(1f / (Patches * Patches), Images * Patches * Patches)),
                Logits = Packed(Enumerable.Range(0, Images * Classes).Select(_ => random.NextSingle())),
                Losses = Packed(Enumerable.Range(0, Images).Select(_ => random.NextSingle())),
                Partners = { Enumerable.Range(0, Images).Reverse() },
                Lambda = 0.4,
            },
        };
        if (batch > 0)
        {
            request.Rewards.Add(new BatchReward { Batch = batch - 1, Rewards = Packed([random.NextSingle()]) });
        }

        return request;
    }

    private static Ppo.Batches.BatchObservation Seen(BatchObservation observation) => new(
        Images, Classes, Patches, Numbers(observation.Saliency), Numbers(observation.Logits), Numbers(observation.Losses), [.. observation.Partners],
        (float)observation.Lambda);

    private static ByteString Packed(IEnumerable<float> numbers) => ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(numbers.ToArray()));

    private static float[] Numbers(ByteString packed) => MemoryMarshal.Cast<byte, float>(packed.Span).ToArray();

    private static async Task<double> TimeAsync(Func<Task> run)
    {
        var start = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Time(Action run)
    {
        var start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
