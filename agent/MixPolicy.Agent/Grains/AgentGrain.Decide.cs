using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Grains;

/// <summary>Decisions and reports.</summary>
internal sealed partial class AgentGrain
{
    public async Task<byte[]> Decide(byte[] request)
    {
        var decide = DecideRequest.Parser.ParseFrom(request);
        var run = await ExistingAsync(RunName.Parse("run", decide.Run));
        leases.Demand(run, decide.LeaseToken);
        var planned = RunSpec.Parser.ParseFrom(run.Spec).Intervals;
        if (decide.Interval < 0 || decide.Interval >= planned)
        {
            throw Refusal.Invalid("interval", $"{decide.Interval}", $"an integer in [0, {planned - 1}]");
        }

        if (decide.Interval == 0 && decide.Report is not null)
        {
            throw Refusal.Invalid("report", "set", "unset for interval 0: there is none before it");
        }

        return decide.Interval < run.Decisions ? await RepeatAsync(run, decide) : await DecideNextAsync(run, decide);
    }

    /// <summary>What was decided before, as it is in the log.</summary>
    private async Task<byte[]> RepeatAsync(RunRow run, DecideRequest decide)
    {
        await DemandSameReportAsync(run, decide.Interval - 1, decide.Report);
        await RenewAsync(run);
        await using var context = database.Read();
        var logged = await context.IntervalAsync(run.Name, decide.Interval);
        return logged!.Decided.Payload!;
    }

    private async Task<byte[]> DecideNextAsync(RunRow run, DecideRequest decide)
    {
        if (run.Finished is not null)
        {
            throw Refusal.OutOfOrder($"{run.Name} is finished: no interval after {run.Decisions - 1} is expected.");
        }

        if (decide.Interval > run.Decisions)
        {
            throw Refusal.OutOfOrder($"{run.Name}: interval {decide.Interval} was asked for; the next expected interval is {run.Decisions}.");
        }

        var open = decide.Interval - 1;
        if (open >= 0 && decide.Report is null)
        {
            throw Refusal.Invalid("report", "unset", $"the report of interval {open}, which is not reported yet");
        }

        var name = run.Name.ToString();
        var transaction = new LogTransaction(Existing(), leases.Renewed(run), clock.Now);
        byte[] decision = [];
        await CommitAsync(transaction, () => _mind!.RunAsync(mind =>
        {
            if (decide.Report is { } report)
            {
                Refusal.ThrowIfAny(mind.Check(name, report));
                transaction.Reported(open, report, mind.Report(name, open, report, last: false));
            }

            decision = transaction.Decided(mind.Decide(name, decide.Interval));
            transaction.Append(database);
            return true;
        }));
        QueueSnapshot(transaction);
        return decision;
    }

    /// <summary>A report that comes again is what it was; how long things took may differ.</summary>
    /// <param name="given">The report given now, or null.</param>
    private async Task DemandSameReportAsync(RunRow run, int interval, Report? given)
    {
        if (given is null)
        {
            return;
        }

        await using var context = database.Read();
        var name = $"The report of {run.Name.Decision(interval)}";
        if ((await context.IntervalAsync(run.Name, interval))?.Reported is not { } reported)
        {
            throw Refusal.OutOfOrder($"{name} comes too late: {run.Name} was finished without it.");
        }

        var differences = Differences.Between("report", Report.Parser.ParseFrom(reported.Payload), given, "report.timing").ToList();
        if (differences.Count > 0)
        {
            throw Refusal.Differs(name, differences);
        }
    }

    /// <summary>
    /// The snapshot is written while the reply is on its way: the model thread keeps its order, so the next decision waits for it, and it never runs
    /// ahead of the log.
    /// </summary>
    private void QueueSnapshot(LogTransaction transaction) => _ = _mind!.SaveAsync(transaction.Agent.LastSequence, transaction.Updated);
}
