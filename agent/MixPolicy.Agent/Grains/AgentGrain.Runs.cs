using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MixPolicy.Agent.Batches;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Grains;

/// <summary>Runs and their leases.</summary>
internal sealed partial class AgentGrain
{
    public async Task<byte[]> StartRun(byte[] request)
    {
        var start = StartRunRequest.Parser.ParseFrom(request);
        var name = new RunName(Name.Id, start.RunId);
        var duration = start.LeaseDuration.ToTimeSpan();
        if (await FindAsync(name) is { } known)
        {
            return Wire(await TakeUpAsync(known, start, duration));
        }

        if (_batches?.Spec.RlMix is { } published && start.Spec.Classes != published.Classes)
        {
            throw Refusal.Invalid("spec.classes", $"{start.Spec.Classes}", $"{published.Classes}, that of the agent's policy rl_mix");
        }

        if (_batches is { } batches)
        {
            await AbandonStaleAsync(batches);
        }

        var now = clock.Now;
        var run = new RunRow
        {
            AgentId = name.Agent,
            RunId = name.Id,
            Spec = start.Spec.ToByteArray(),
            Created = now,
            Updated = now,
            LeaseToken = LeaseRules.TokenFor(start.LeaseToken),
            LeaseDuration = duration,
            LeaseExpires = now + duration,
        }.Described(start.Spec);
        var transaction = new LogTransaction(Existing(), run, now);
        transaction.Started();
        await _mind!.RunAsync(mind =>
        {
            mind.StartRun(name.ToString(), start.Spec);
            return true;
        });
        await CommitAsync(transaction, () => transaction.CreateAsync(database));
        return Wire(Started(run));
    }

    public async Task<byte[]> FinishRun(byte[] request)
    {
        var finish = FinishRunRequest.Parser.ParseFrom(request);
        var run = await ExistingAsync(RunName.Parse("run", finish.Run));
        leases.Demand(run, finish.LeaseToken);
        if (run.Finished is not null)
        {
            await DemandSameReportAsync(run, run.Decisions - 1, finish.Report);
            return Wire(run.ToMessage(leases));
        }

        if (finish.Report is not null && run.Decisions == 0)
        {
            throw Refusal.OutOfOrder($"{run.Name} has no decision yet that could be reported; the next expected interval is 0.");
        }

        var transaction = new LogTransaction(Existing(), run, clock.Now);
        ReportTaken? reported = null;
        await _mind!.RunAsync(mind =>
        {
            if (finish.Report is { } report)
            {
                Refusal.ThrowIfAny(mind.Check(run.Name.ToString(), report));
                reported = Take(mind, run.Name.ToString(), run.Decisions - 1, report, last: true);
                transaction.Reported(run.Decisions - 1, report, reported.Learned);
            }
            else
            {
                mind.FinishRun(run.Name.ToString());
            }

            transaction.Finished();
            return true;
        });
        if (_batches is { } batches)
        {
            await FinishAsync(batches, run);
        }

        await CommitAsync(transaction, () => Task.Run(() => transaction.Append(database)));
        Measure(reported);
        QueueSnapshot(transaction);
        return Wire(transaction.Run.ToMessage(leases));
    }

    public async Task Progress(string run, string leaseToken, byte[] progress)
    {
        var row = await ExistingAsync(RunName.Parse("decide.run", run));
        leases.Demand(row, leaseToken);
        await RenewAsync(row);
        if (V1.Progress.Parser.ParseFrom(progress) is { Batches: > 0 } shown)
        {
            signals.Progressed(row.Name, shown, clock.Now);
        }
    }

    /// <summary>The run that is there, under the caller's lease.</summary>
    private async Task<StartRunResponse> TakeUpAsync(RunRow run, StartRunRequest start, TimeSpan duration)
    {
        var differences = Differences.Between("spec", RunSpec.Parser.ParseFrom(run.Spec), start.Spec).ToList();
        if (differences.Count > 0)
        {
            throw Refusal.Differs(run.Name.ToString(), differences);
        }

        if (run.Finished is not null)
        {
            // There is nothing left to hold.
            return new() { Run = run.ToMessage(leases) };
        }

        var taken = leases.Taken(run, start.LeaseToken, duration);
        await WriteAsync(taken);
        return Started(taken);
    }

    private StartRunResponse Started(RunRow run) => new()
    {
        Run = run.ToMessage(leases),
        Lease = new() { Token = run.LeaseToken, Duration = run.LeaseDuration.ToDuration(), ExpireTime = leases.Expires(run).ToTimestamp() },
    };

    private async Task FinishAsync(BatchHost batches, RunRow run)
    {
        try
        {
            await batches.RunAsync(learner =>
            {
                learner.Finish(run.Name.ToString());
                return true;
            });
        }
        catch
        {
            // The mind has finished the run, and the log has not.
            await DiscardAsync();
            throw;
        }
    }

    private async Task RenewAsync(RunRow run)
    {
        if (run.Finished is null && leases.RenewedIfDue(run) is { } renewed)
        {
            await WriteAsync(renewed);
        }
    }

    private async Task WriteAsync(RunRow run)
    {
        await CommitAsync(context => context.Runs.Update(run));
        _runs[run.Name] = run;
    }
}
