using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Experiments;

/// <summary>
/// Histories of the runs that were asked for last. Each is read onwards from the database whenever it is asked for, so it is never behind what is committed; a long
/// run costs its reading once and not at every look. Thread-safe.
/// </summary>
public sealed class HistoryStore(LogDatabase database)
{
    // Of all histories together: 8 million numbers are 64 MB.
    private const long MostNumbers = 8_000_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(Guid Agent, string Run), Held> _held = [];
    private long _time;

    /// <summary>What is committed of a run now.</summary>
    /// <exception cref="RefusalException">There is no such run.</exception>
    internal async Task<RunView> ReadAsync(RunName run, CancellationToken cancellationToken)
    {
        await using var context = database.Read();
        var found = await (
            from row in context.Runs.Of(run)
            join owner in context.Agents on row.AgentId equals owner.Id
            select new { owner.Incarnation, owner.Spec, row.Decisions, row.Reports, row.Batches, row.Rewarded, row.Finished }).SingleOrDefaultAsync(cancellationToken)
            ?? throw Refusal.NotFound(run.ToString());
        // An update of the policy comes with a report, a batch or the end of the run, so these tell whether there is anything new.
        var end = new RunEnd(found.Decisions, found.Reports, found.Batches, found.Rewarded, found.Finished);
        var held = Hold((found.Incarnation, run.Id));
        await held.Reading.WaitAsync(cancellationToken);
        try
        {
            if (held.ReadTo != end)
            {
                HistoryReader.Read(context, run, held.History, end, Bins(found.Spec), cancellationToken);
                held.ReadTo = end;
            }

            return held.History.View();
        }
        finally
        {
            held.Reading.Release();
            Trim();
        }
    }

    private static int Bins(byte[] spec)
    {
        var agent = AgentSpec.Parser.ParseFrom(spec);
        return agent.RlMix?.Bins ?? agent.RlMixSet?.Bins ?? 0;
    }

    private Held Hold((Guid Agent, string Run) key)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue(key, out var held))
            {
                _held.Add(key, held = new());
            }

            held.Used = ++_time;
            return held;
        }
    }

    /// <summary>Lets go of those that were not asked for longest. One that is being read stays whole for its readers.</summary>
    private void Trim()
    {
        lock (_lock)
        {
            var size = _held.Values.Sum(held => held.History.Size);
            foreach (var (key, held) in _held.OrderBy(entry => entry.Value.Used).ToList())
            {
                // The one asked for last stays, however long it is.
                if (size <= MostNumbers || held.Used == _time)
                {
                    break;
                }

                size -= held.History.Size;
                _held.Remove(key);
            }
        }
    }

    private sealed class Held
    {
        public SemaphoreSlim Reading { get; } = new(1);

        public RunHistory History { get; } = new();

        /// <summary>What the history has at least.</summary>
        public RunEnd? ReadTo { get; set; }

        public long Used { get; set; }
    }
}
