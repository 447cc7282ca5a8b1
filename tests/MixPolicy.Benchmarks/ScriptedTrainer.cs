using MixPolicy.V1;

namespace MixPolicy.Benchmarks;

/// <summary>Asks a service for one decision after the other, as a trainer does, with reports that cost nothing to make.</summary>
/// <param name="intervals">Intervals a run; after the last a new run begins.</param>
internal sealed class ScriptedTrainer(PolicyService.PolicyServiceClient client, string agent, int intervals)
{
    private StartRunResponse? _run;
    private int _runs;
    private int _interval;

    /// <summary>Creates the agent: policy ppo with its defaults, an update every 8 reports.</summary>
    public async Task CreateAgentAsync() => await client.CreateAgentAsync(new() { AgentId = agent, Spec = new() { Ppo = new() { Rollout = 8 }, Seed = 1 } });

    /// <summary>Starts the next run, or finishes the last one first, if it is time.</summary>
    /// <returns>The request for the next decision.</returns>
    public async Task<DecideRequest> NextAsync()
    {
        if (_run is not null && _interval == intervals)
        {
            await client.FinishRunAsync(new() { Run = _run.Run.Name, LeaseToken = _run.Lease.Token, Report = Report(_run.Run.Name, _interval - 1) });
            _run = null;
        }

        if (_run is null)
        {
            _run = await client.StartRunAsync(new()
            {
                Parent = $"agents/{agent}",
                RunId = $"r{_runs++}",
                Spec = new() { Intervals = intervals, Classes = 10, PeakLearningRate = 0.1 },
            });
            _interval = 0;
        }

        return new()
        {
            Run = _run.Run.Name,
            LeaseToken = _run.Lease.Token,
            Interval = _interval,
            Report = _interval++ == 0 ? null : Report(_run.Run.Name, _interval - 2),
        };
    }

    private Report Report(string run, int interval) => new()
    {
        Decision = $"{run}/decisions/{interval}",
        Progress = (interval + 1.0) / intervals,
        TrainLoss = 2.3 / (1 + (0.02 * interval)),
        TrainTop1Weighted = 0.5,
        HoldoutLoss = (2.3 / (1 + (0.015 * interval))) + (0.05 * Math.Sin(interval)),
        HoldoutTop1 = 0.5,
        HoldoutEce = 0.05,
        GradientNorm = 1.5,
        LearningRate = 0.1 * (1 - (interval / (double)intervals)),
    };
}
