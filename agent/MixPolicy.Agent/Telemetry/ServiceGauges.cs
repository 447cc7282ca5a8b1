using System.Data.Common;
using System.Diagnostics.Metrics;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Log;
using MixPolicy.V1;
using TorchSharp;

namespace MixPolicy.Agent.Telemetry;

/// <summary>What is read when somebody collects it, and costs nothing otherwise.</summary>
internal sealed class ServiceGauges : IDisposable
{
    private readonly LogDatabase _database;
    private readonly LeaseRules _leases;
    private volatile bool _closed;

    public ServiceGauges(AgentMetrics metrics, ExperimentReadings experiments, ModelThreads threads, LogDatabase database, LeaseRules leases)
    {
        (_database, _leases) = (database, leases);
        var meter = metrics.Meter;
        meter.CreateObservableGauge(
            "mixpolicy.agent.model.queue",
            () => threads.Queues().Select(queue => new Measurement<long>(queue.Waiting, new KeyValuePair<string, object?>(Labels.Thread, queue.Thread))),
            "{work}",
            "Work that waits for a model thread.");
        meter.CreateObservableGauge("mixpolicy.agent.log.queue", () => (long)database.Waiting, "{commit}", "Commits that wait for the log's one writer.");
        meter.CreateObservableGauge("mixpolicy.agent.runs", Runs, "{run}", "Unfinished runs by the state of their lease.");
        meter.CreateObservableGauge("mixpolicy.agent.memory.native", NativeMemory, "By", "Resident memory of the process outside the managed heap.");
        meter.CreateObservableGauge("mixpolicy.agent.tensors", () => torch.Tensor.TotalCount, "{tensor}", "Live TorchSharp tensors of the process.");
        Experiment("mixpolicy.experiment.reward", "{reward}", "The newest reward.", reading => reading.Reward);
        Experiment("mixpolicy.experiment.policy.entropy", "{nat}", "Entropy of the policy at its newest update.", reading => reading.Entropy);
        Experiment("mixpolicy.experiment.policy.version", "{update}", "Updates of the policy, as of the newest.", reading => reading.PolicyVersion);
        Experiment("mixpolicy.experiment.holdout.top1", "1", "Top-1 on held-out images in the newest report.", reading => reading.HeldOutTop1);

        void Experiment(string name, string unit, string description, Func<ExperimentReading, double?> figure) => meter.CreateObservableGauge(
            name,
            () => experiments.All()
                .Where(agent => figure(agent.Reading) is not null)
                .Select(agent => new Measurement<double>(figure(agent.Reading)!.Value, new KeyValuePair<string, object?>(Labels.Agent, agent.Agent))),
            unit,
            description);
    }

    /// <summary>Before the database goes.</summary>
    public void Dispose() => _closed = true;

    private static long NativeMemory() => Math.Max(0, Environment.WorkingSet - GC.GetGCMemoryInfo().TotalCommittedBytes);

    private IEnumerable<Measurement<long>> Runs()
    {
        if (_closed)
        {
            return [];
        }

        try
        {
            using var context = _database.Read();
            var states = context.Runs.Where(run => run.Finished == null).AsEnumerable().CountBy(_leases.StateOf).ToDictionary();
            return
            [
                new(states.GetValueOrDefault(RunState.Active), new KeyValuePair<string, object?>(Labels.RunState, "active")),
                new(states.GetValueOrDefault(RunState.Stale), new KeyValuePair<string, object?>(Labels.RunState, "stale")),
            ];
        }
        catch (DbException)
        {
            // A database that cannot be read is the health check's to tell.
            return [];
        }
    }
}
