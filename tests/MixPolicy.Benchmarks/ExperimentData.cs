using Google.Protobuf;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Experiments;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Security.Access;
using MixPolicy.V1;

namespace MixPolicy.Benchmarks;

/// <summary>A database as a service writes it after years of use, made directly. Deleted at the end.</summary>
internal sealed class ExperimentData : IDisposable
{
    private const int Reports = 100;
    private const int RowsATransaction = 20_000;

    private static readonly Method[] Methods = [Method.Vanilla, Method.InputMixup, Method.Cutmix, Method.RMix];
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _path = Directory.CreateTempSubdirectory("mixpolicy-benchmark-").FullName;
    private readonly DataFolder _folder;
    private readonly Random _random = new(1);

    public ExperimentData()
    {
        _folder = new(_path);
        Database = new(_folder);
        Database.Migrate();
        // What is asked here is asked by the service itself.
        Caller.Current = Caller.Service;
        var leases = new LeaseRules(new AgentClock(TimeProvider.System));
        Catalog = new(Database, leases);
    }

    public LogDatabase Database { get; }

    public RunCatalog Catalog { get; }

    /// <summary>As after a start: nothing is held in memory.</summary>
    public HistoryStore NewHistories() => new(Database);

    /// <summary>Starts a service on the data. Nothing more can be done here then.</summary>
    public AgentHost Serve()
    {
        Database.Dispose();
        _folder.Dispose();
        return AgentHost.StartAsync(_path).Result;
    }

    /// <summary>Adds runs of one agent, each with its reports.</summary>
    public void AddRuns(string agent, int runs, int reports = Reports)
    {
        var sequence = 0L;
        var spec = new AgentSpec { Ppo = new(), ActionSpace = new() { Methods = { Methods } } };
        Database.CommitAsync(context => context.Agents.Add(new AgentRow { Id = agent, Incarnation = Guid.NewGuid(), Spec = spec.ToByteArray(), Created = Start }.Described(spec))).Wait();
        for (var run = 0; run < runs; run++)
        {
            AddRun(agent, $"run-{run:00000}", reports, ref sequence);
        }
    }

    /// <summary>Adds batches to a run.</summary>
    public void AddBatches(string agent, string run, int batches, int images)
    {
        for (var from = 0; from < batches; from += RowsATransaction)
        {
            var rows = Enumerable.Range(from, Math.Min(RowsATransaction, batches - from)).Select(batch => Batch(agent, run, batch, images)).ToList();
            Database.CommitAsync(context => context.Batches.AddRange(rows)).Wait();
        }

        Database.CommitAsync(context =>
        {
            var row = context.Runs.Single(row => row.AgentId == agent && row.RunId == run);
            context.Entry(row).CurrentValues.SetValues(row with { Batches = batches, Rewarded = batches });
        }).Wait();
    }

    /// <summary>Lets go of the folder, for a service to take over. It is deleted with this object all the same.</summary>
    /// <returns>Its path.</returns>
    public string HandOver()
    {
        Database.Dispose();
        _folder.Dispose();
        return _path;
    }

    public void Dispose()
    {
        HandOver();
        Directory.Delete(_path, recursive: true);
    }

    private void AddRun(string agent, string run, int reports, ref long sequence)
    {
        var spec = new RunSpec { Intervals = reports, Classes = 10, PeakLearningRate = 0.1, Dataset = $"set-{_random.Next(5)}", Network = "preactresnet18-w16", Labels = { ["seed"] = $"{_random.Next(10)}" } };
        var time = Start.AddMinutes(_random.Next(300_000));
        var row = new RunRow
        {
            AgentId = agent,
            RunId = run,
            Spec = spec.ToByteArray(),
            Created = time,
            Updated = time,
            Finished = time,
            LeaseToken = "0123456789abcdef",
            LeaseDuration = TimeSpan.FromMinutes(1),
            LeaseExpires = time,
            Decisions = reports,
            Reports = reports,
        }.Described(spec);
        var entries = new List<LogRow>();
        for (var interval = 0; interval < reports; interval++)
        {
            var report = Report(interval, reports);
            row = row.After(report, 0.01);
            entries.Add(Entry(agent, run, ++sequence, EntryKind.Decided, interval, Decision(agent, run, interval).ToByteArray(), null) with { Observation = new byte[4 * 40] });
            entries.Add(Entry(agent, run, ++sequence, EntryKind.Reported, interval, report.ToByteArray(), 0.01));
        }

        Database.CommitAsync(context => context.Runs.Add(row)).Wait();
        foreach (var part in entries.Chunk(RowsATransaction))
        {
            Database.CommitAsync(context => context.Entries.AddRange(part)).Wait();
        }
    }

    private BatchRow Batch(string agent, string run, int batch, int images)
    {
        var (bins, rewards) = (new byte[images], new float[images]);
        for (var i = 0; i < images; i++)
        {
            (bins[i], rewards[i]) = ((byte)_random.Next(10), _random.NextSingle());
        }

        return new()
        {
            AgentId = agent,
            RunId = run,
            Batch = batch,
            Time = Start,
            Bins = bins,
            PolicyVersion = batch / 16,
            LogProbability = -230,
            Value = _random.NextDouble(),
            Rewards = System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(rewards).ToArray(),
            Last = false,
        };
    }

    private Report Report(int interval, int intervals) => new()
    {
        Decision = $"agents/a/runs/r/decisions/{interval}",
        Progress = (interval + 1.0) / intervals,
        TrainLoss = 2.3 * Math.Exp(-3.0 * interval / intervals) + (0.1 * _random.NextDouble()),
        TrainTop1Weighted = _random.NextDouble(),
        HoldoutLoss = _random.NextDouble(),
        HoldoutTop1 = _random.NextDouble(),
        HoldoutEce = 0.05,
        GradientNorm = 1.5,
        LearningRate = 0.1,
        Timing = new() { Images = 1000 },
    };

    private Decision Decision(string agent, string run, int interval)
    {
        var decision = new Decision
        {
            Name = $"agents/{agent}/runs/{run}/decisions/{interval}",
            Interval = interval,
            Choice = new() { Method = Methods[_random.Next(4)], LambdaAlpha = 1, ThresholdBand = new() { Center = _random.NextDouble(), Spread = 0.2 } },
            LogProbability = -1.4,
            Value = 0.02,
            Distribution = new() { Lambda = new() { Alpha = 2, Beta = 2, Low = 0.1, High = 4, LogScale = true }, Threshold = new() { Alpha = 2, Beta = 2, High = 0.99 } },
        };
        decision.Distribution.Methods.AddRange(Methods.Select(method => new Distribution.Types.MethodProbability { Method = method, Probability = 0.25 }));
        return decision;
    }

    private static LogRow Entry(string agent, string run, long sequence, EntryKind kind, int interval, byte[] payload, double? reward) =>
        new() { AgentId = agent, Sequence = sequence, RunId = run, Kind = kind, Interval = interval, Time = Start, Payload = payload, Reward = reward };
}
