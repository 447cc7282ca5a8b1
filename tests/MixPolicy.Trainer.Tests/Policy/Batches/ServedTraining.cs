using Grpc.Net.Client;
using MixPolicy.Agent.Hosting;
using MixPolicy.Client;
using MixPolicy.Mixup;
using MixPolicy.Testing;
using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Policy;
using MixPolicy.Trainer.Policy.Batches;
using MixPolicy.Trainer.Training;
using MixPolicy.Trainer.Training.Batches;
using MixPolicy.V1;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Policy.Batches;

/// <summary>A training of 18 batches an epoch over the trainer's own session and streams, decided by the service itself behind a proxy.</summary>
/// <param name="plan">Of our policy, or of the published one.</param>
internal sealed class ServedTraining(BatchSteeringPlan plan, int epochs, TimeSpan patience) : IAsyncDisposable
{
    public const int BatchesPerEpoch = 18;

    private const ulong AgentSeed = 4;

    // Updates in every epoch, adopted while the next batches are decided.
    private static readonly PpoPolicy Ppo = new() { Rollout = 8, Minibatch = 4, Epochs = 2 };

    private readonly ModelThread _thread = new("test", intraOpThreads: 1);
    private readonly TemporaryFolder _folder = new();
    private AgentHost _host = null!;
    private GrpcChannel _channel = null!;
    private RunPlan _run = null!;
    private RunTicket _ticket = new(Guid.NewGuid().ToString("N"));

    public BreakingProxy Proxy { get; private set; } = null!;

    public AgentSession Agent { get; private set; } = null!;

    public BatchSteering Steering { get; private set; } = null!;

    public List<string> Notices { get; } = [];

    /// <summary>Of the epochs that were trained.</summary>
    public List<EpochResult> Results { get; } = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Ours, decided in the trainer.</summary>
    public static BatchSteeringPlan LocalPlan => PlanOf(set: true) with { Pipelined = false, Local = new(AgentSeed, []) };

    public static BatchSteeringPlan PlanOf(bool set) => set
        ? new(Images: null, SeesDraws: true, OneReward: false, BatchRewardKind.ProbeGradient, Pipelined: true)
        : new(Images: 10, SeesDraws: false, OneReward: true, BatchRewardKind.Saliency, Pipelined: false);

    public async Task StartAsync()
    {
        _host = await AgentHost.StartAsync(_folder["agent"], Stop);
        Proxy = new(_host.GrpcAddress);
        _channel = AgentConnection.Open(Proxy.Address);
        var spec = plan.SeesDraws
            ? new AgentSpec { RlMixSet = new() { Ppo = Ppo, UpdateLag = 3 }, Seed = AgentSeed }
            : new AgentSpec { RlMix = new() { Images = 10, Classes = 10, Ppo = Ppo, UpdateLag = 3 }, Seed = AgentSeed };
        _run = new(spec, new() { Intervals = epochs, Classes = 10, PeakLearningRate = 0.1 }, "batches", "shapes-s1");
        Attach();
    }

    /// <summary>As after a kill before the first checkpoint.</summary>
    public async Task BeginAgainAsync()
    {
        await Agent.DisposeAsync();
        Steering.Dispose();
        Results.Clear();
        Attach();
    }

    private void Attach()
    {
        Agent = new(new(_channel), _run, new() { Ticket = _ticket, KeepTicket = ticket => _ticket = ticket, LastChoice = LibraryChoices.PerBatch, Patience = patience, Notice = Notices.Add });
        Steering = new(Agent, plan, BatchSteeringState.Start);
    }

    /// <summary>One message on a stream of its own, beside the training, under its lease.</summary>
    public async Task<SteerBatchesResponse> TellAsync(SteerBatchesRequest message)
    {
        using var channel = AgentConnection.Open(_host.GrpcAddress);
        using var stream = new PolicyService.PolicyServiceClient(channel).SteerBatches();
        (message.Run, message.LeaseToken) = (Agent.RunName, _ticket.LeaseToken);
        await stream.RequestStream.WriteAsync(message, Stop);
        (await stream.ResponseStream.MoveNext(Stop)).ShouldBeTrue();
        return stream.ResponseStream.Current;
    }

    /// <summary>Trains all epochs, as the trainer does.</summary>
    /// <param name="afterBatch">Told epoch and batch, both from 0, on the model thread.</param>
    /// <param name="beforeEpoch">Run before each epoch is decided; given its number, from 0.</param>
    /// <param name="sendsLast">What the last epoch has earned is sent when it ends; otherwise it is left to the end of the run.</param>
    public async Task TrainAsync(Action<int, int>? afterBatch = null, Func<int, Task>? beforeEpoch = null, bool sendsLast = true)
    {
        var recipe = new TrainingRecipe { Model = "preactresnet18-w4", Epochs = epochs, BatchSize = 10, Seed = 11 };
        var data = ShapesDataset.Generate(seed: 1, trainImages: 200, testImages: 20);
        var session = await _thread.RunAsync(() => new ClassifierSession(recipe, data, CPU, TimeProvider.System), Stop);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            await (beforeEpoch?.Invoke(epoch) ?? Task.CompletedTask);
            var decided = await Agent.DecideAsync(epoch, Stop);
            var choice = new MixChoice(MixupMethods.RMix, new()) { Steering = decided.IsFallback ? null : Steering };
            Results.Add(await _thread.RunAsync(
                () => session.TrainEpoch(epoch + 1, choice, false, progress => afterBatch?.Invoke(epoch, progress.Batch - 1), Stop), Stop));
            var report = new Report { Progress = (epoch + 1.0) / epochs, TrainLoss = Results[^1].TrainLoss, LearningRate = 0.1, HoldoutLoss = 2, HoldoutTop1 = 0.1 };
            report.Fallback = decided.Deviates ? decided.Choice : null;
            Agent.Backlog.Add(epoch, report);
            if (!decided.IsFallback)
            {
                await Steering.EndEpochAsync();
                if (sendsLast || epoch + 1 < epochs)
                {
                    await Steering.SendRewardsAsync((epoch + 1.0) / epochs, Stop);
                }
            }
        }

        await _thread.RunAsync(session.Dispose, Stop);
    }

    /// <summary>The service goes, and nothing answers at its address.</summary>
    public async Task VanishAsync()
    {
        await Proxy.CloseAsync();
        await _host.DisposeAsync();
    }

    /// <summary>A new service on the same data, at the same address; until the training has found it.</summary>
    public async Task UntilBackAsync(int epoch)
    {
        _host = await AgentHost.StartAsync(_folder["agent"], Stop);
        Proxy.Open(_host.GrpcAddress);
        while ((await Agent.DecideAsync(epoch, Stop)).IsFallback)
        {
            // The channel has its own patience before it tries again.
            await Task.Delay(50, Stop);
        }
    }

    /// <summary>Remembers what the service's log has on the disk.</summary>
    public void Remember() => CopyLog(_folder["agent"], Directory.CreateDirectory(_folder["remembered"]).FullName);

    /// <summary>As after a power cut of the service's machine: a new service, whose log ends at what was remembered. What it kept beside the log is ahead of it.</summary>
    public async Task LoseAsync()
    {
        await VanishAsync();
        Array.ForEach(LogFiles(_folder["agent"]), File.Delete);
        CopyLog(_folder["remembered"], _folder["agent"]);
        _host = await AgentHost.StartAsync(_folder["agent"], Stop);
        Proxy.Open(_host.GrpcAddress);
    }

    private static string[] LogFiles(string folder) => Directory.GetFiles(folder, "*.db*");

    // Not the index of the write-ahead log, which SQLite makes anew.
    private static void CopyLog(string from, string to) =>
        Array.ForEach(LogFiles(from).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)).ToArray(), file => File.Copy(file, Path.Combine(to, Path.GetFileName(file))));

    /// <summary>What the service's log has: the agent, the last batch rewarded, the intervals.</summary>
    public async Task<(V1.Agent Agent, long Rewarded, IReadOnlyList<DecisionRecord> Intervals)> LogAsync()
    {
        using var channel = AgentConnection.Open(_host.GrpcAddress);
        var client = new PolicyService.PolicyServiceClient(channel);
        var has = await TellAsync(new());
        var agent = await client.GetAgentAsync(new() { Name = Agent.RunName[..Agent.RunName.IndexOf("/runs/", StringComparison.Ordinal)] }, cancellationToken: Stop);
        var intervals = await client.ListDecisionsAsync(new() { Parent = Agent.RunName, PageSize = 1000 }, cancellationToken: Stop);
        has.Batches.ShouldBe(agent.Batches);
        return (agent, has.Rewarded, [.. intervals.Decisions]);
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        Steering.Dispose();
        _channel.Dispose();
        await Proxy.DisposeAsync();
        await _host.DisposeAsync();
        _thread.Dispose();
        _folder.Dispose();
    }
}
