using Google.Protobuf;
using MixPolicy.V1;

namespace MixPolicy.Client;

/// <summary>
/// What the agent has not confirmed: the reports of finished intervals, in order, as bytes that lack only the decision's name. It is saved with the trainer's
/// checkpoint before anything of it is sent, so that after a crash the same report goes out again. Safe for the loop's, the model's and the tender's threads.
/// </summary>
public sealed class Backlog
{
    private readonly Lock _guard = new();
    private readonly SortedDictionary<int, byte[]> _reports = [];

    private Backlog(int decided) => Decided = decided;

    /// <summary>The last interval the agent is known to have decided; −1 before the first.</summary>
    public int Decided { get; private set; }

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

    public BacklogState State()
    {
        lock (_guard)
        {
            return new(Decided, new Dictionary<int, byte[]>(_reports));
        }
    }

    public void Add(int interval, Report report)
    {
        lock (_guard)
        {
            _reports[interval] = report.ToByteArray();
        }
    }

    /// <summary>The report of an interval, tied to its decision in <paramref name="run"/>; null where the agent has confirmed it.</summary>
    public Report? Of(int interval, string run)
    {
        byte[]? bytes;
        lock (_guard)
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
        lock (_guard)
        {
            Decided = Math.Max(Decided, interval);
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
