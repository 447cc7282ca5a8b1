using Google.Protobuf;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Learning;
using MixPolicy.Agent.Log;
using MixPolicy.V1;

namespace MixPolicy.Agent.Grains;

/// <summary>Puts logged entries through a mind again, and compares what it decides and learns with what was logged.</summary>
internal sealed partial class LogReplay(AgentMind mind, ILogger logger)
{
    /// <param name="entries">By sequence, without gaps.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="RefusalException">FAILED_PRECONDITION: a logged decision is not what the mind decides.</exception>
    public int Run(IEnumerable<LogRow> entries)
    {
        var count = 0;
        // A report is held back until what follows shows whether its run ends with it.
        LogRow? report = null;
        foreach (var entry in entries)
        {
            count++;
            if (report is not null && entry.Kind != EntryKind.Updated)
            {
                var last = entry.Kind == EntryKind.Finished && entry.RunId == report.RunId;
                Report(report, last);
                report = null;
                if (last)
                {
                    continue;
                }
            }

            report = entry.Kind == EntryKind.Reported ? entry : report;
            Apply(entry);
        }

        if (report is not null)
        {
            Report(report, last: false);
        }

        return count;
    }

    private void Apply(LogRow entry)
    {
        var run = Name(entry);
        switch (entry.Kind)
        {
            case EntryKind.Started:
                mind.StartRun(run, RunSpec.Parser.ParseFrom(entry.Payload));
                break;
            case EntryKind.Decided:
                var decision = mind.Decide(run, entry.Interval!.Value).Decision;
                if (!decision.ToByteArray().AsSpan().SequenceEqual(entry.Payload))
                {
                    var logged = Decision.Parser.ParseFrom(entry.Payload);
                    if (IsRounding(logged, decision))
                    {
                        DecisionRounds(run, logged.Interval);
                        break;
                    }

                    DecisionDiffers(entry.Sequence, logged, decision);
                    throw Refusal.OutOfOrder(
                        $"{run}: the decision logged for interval {entry.Interval} is not the one that its replay gives, so the log was written by another "
                        + "version. The agent goes on only there; what is logged can be read here.");
                }

                break;
            case EntryKind.Finished:
                mind.FinishRun(run);
                break;
        }
    }

    private void Report(LogRow entry, bool last)
    {
        var run = Name(entry);
        var learned = mind.Report(run, entry.Interval!.Value, V1.Report.Parser.ParseFrom(entry.Payload), last);
        if (learned.Reward != entry.Reward)
        {
            RewardDiffers(run, entry.Interval.Value, entry.Sequence, entry.Reward, learned.Reward);
        }
    }

    /// <summary>The same choice up to what another processor's arithmetic may change: a data folder may move to another machine.</summary>
    private static bool IsRounding(Decision logged, Decision replayed)
    {
        const double Tolerance = 1e-4;
        var (a, b) = (logged.Choice, replayed.Choice);
        return a.Method == b.Method && logged.PolicyVersion == replayed.PolicyVersion && a.LambdaCase == b.LambdaCase && a.ThresholdCase == b.ThresholdCase
            && Equals(a.ThresholdGrid, b.ThresholdGrid) && a.HasProbability == b.HasProbability
            && Near(a.LambdaAlpha, b.LambdaAlpha) && Near(a.LambdaValue, b.LambdaValue) && Near(a.Probability, b.Probability)
            && Near(logged.LogProbability, replayed.LogProbability) && Near(logged.Value, replayed.Value)
            && Near(a.ThresholdBand?.Center ?? 0, b.ThresholdBand?.Center ?? 0) && Near(a.ThresholdBand?.Spread ?? 0, b.ThresholdBand?.Spread ?? 0);

        static bool Near(double x, double y) => Math.Abs(x - y) <= Tolerance * Math.Max(1, Math.Max(Math.Abs(x), Math.Abs(y)));
    }

    private static string Name(LogRow entry) => new Naming.RunName(entry.AgentId, entry.RunId).ToString();

    [LoggerMessage(Level = LogLevel.Critical, Message = "INTEGRITY: the decision logged at position {Sequence} is {Logged}, its replay gives {Replayed}. The logged one holds, "
        + "and the agent is not served: the policy here is not the one that made it. Was the log written by another version?")]
    private partial void DecisionDiffers(long sequence, Decision logged, Decision replayed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: the decision of interval {Interval} replays with other roundings, as on another processor; the reply stays the logged one")]
    private partial void DecisionRounds(string run, int interval);

    [LoggerMessage(Level = LogLevel.Critical, Message = "INTEGRITY: {Run}, interval {Interval}: the reward logged at position {Sequence} is {Logged}, its replay gives {Replayed}")]
    private partial void RewardDiffers(string run, int interval, long sequence, double? logged, double? replayed);
}
