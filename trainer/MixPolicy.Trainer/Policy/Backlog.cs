using Google.Protobuf;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy;

/// <summary>
/// What the agent has not confirmed: the reports of finished intervals, in order, as the exact bytes that are sent. It is saved with the trainer's
/// checkpoint before anything of it is sent, so that after a crash the same bytes go out again. Thread-safe: the loop adds and the model thread saves
/// while the session sends.
/// </summary>
public sealed class Backlog
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, byte[]> _reports = [];
    private int _decided;

    private Backlog(int decided) => _decided = decided;

    /// <summary>The last interval the agent is known to have decided; −1 before the first.</summary>
    public int Decided
    {
        get
        {
            lock (_lock)
            {
                return _decided;
            }
        }
    }

    public static Backlog Empty() => new(-1);

    public static Backlog From(BacklogState state)
    {
        var backlog = new Backlog(state.Decided);
        foreach (var (interval, bytes) in state.Reports)
        {
            backlog._reports.Add(interval, bytes);
        }

        return backlog;
    }

    /// <summary>As it is at one moment.</summary>
    public BacklogState State()
    {
        lock (_lock)
        {
            return new(_decided, new Dictionary<int, byte[]>(_reports));
        }
    }

    public void Add(int interval, Report report)
    {
        var bytes = report.ToByteArray();
        lock (_lock)
        {
            _reports[interval] = bytes;
        }
    }

    /// <summary>The report of an interval, tied to its decision in <paramref name="run"/>; null where the agent has confirmed it.</summary>
    public Report? Of(int interval, string run)
    {
        byte[]? bytes;
        lock (_lock)
        {
            if (!_reports.TryGetValue(interval, out bytes))
            {
                return null;
            }
        }

        // A decision's name follows from the run's, which is not known while the agent has never been reached.
        var report = Report.Parser.ParseFrom(bytes);
        report.Decision = DecisionName(run, interval);
        return report;
    }

    /// <summary>The agent decided an interval: it has the reports of those before.</summary>
    public void Confirm(int interval)
    {
        lock (_lock)
        {
            _decided = Math.Max(_decided, interval);
            foreach (var reported in _reports.Keys.Where(i => i < interval).ToArray())
            {
                _reports.Remove(reported);
            }
        }
    }

    public static string DecisionName(string run, int interval) => $"{run}/decisions/{interval}";
}

/// <summary>A <see cref="Backlog"/> at rest.</summary>
public sealed record BacklogState(int Decided, IReadOnlyDictionary<int, byte[]> Reports);
