using MixPolicy.Agent.Policies;
using MixPolicy.V1;

namespace MixPolicy.Agent.Experiments;

/// <summary>
/// The numbers of one run, as far as its log was read. The log is only added to, so a history is read onwards and never changes. One writer at a time; readers take a
/// <see cref="RunView"/>.
/// </summary>
internal sealed class RunHistory
{
    private readonly Column<double>[] _metrics = [.. IntervalMetrics.All.Select(_ => new Column<double>())];
    private readonly Column<byte> _methods = new();
    private readonly Column<byte> _fallbacks = new();
    private readonly Column<float>[] _probabilities = [.. MethodTable.All.Select(_ => new Column<float>())];
    private readonly bool[] _known = new bool[MethodTable.All.Count];
    private readonly Column<double>[] _batches = [.. BatchMetrics.All.Select(_ => new Column<double>())];
    private readonly Column<double> _versions = new();
    private readonly SortedDictionary<string, Column<double>> _diagnostics = new(StringComparer.Ordinal);

    public int Decisions => _methods.Count;

    public int Reports => _fallbacks.Count;

    public int Updates => _versions.Count;

    /// <summary>Position in the agent's log of the last update read.</summary>
    public long LastUpdate { get; private set; }

    public int Batches => _batches[BatchMetrics.Value].Count;

    public int Rewarded => _batches[BatchMetrics.Reward].Count;

    /// <summary>Numbers held, for bounding the memory of all histories.</summary>
    public long Size => ((long)Decisions * (IntervalMetrics.All.Count + MethodTable.All.Count)) + ((long)Batches * BatchMetrics.All.Count) + ((long)Updates * _diagnostics.Count);

    public RunView View() => new(
        [.. _metrics.Select(column => column.Values)],
        _methods.Values,
        _fallbacks.Values,
        [.. _known.Index().Where(entry => entry.Item).Select(entry => (MethodTable.All[entry.Index].Method, _probabilities[entry.Index].Values))],
        [.. _batches.Select(column => column.Values)],
        _versions.Values,
        _diagnostics.ToDictionary(entry => entry.Key, entry => entry.Value.Values));

    public void Add(Decision decision)
    {
        IntervalMetrics.Add(_metrics, decision);
        _methods.Add((byte)decision.Choice.Method);
        Span<float> probabilities = stackalloc float[_probabilities.Length];
        foreach (var entry in decision.Distribution?.Methods ?? [])
        {
            // Methods are numbered from 1, in the order of the table.
            var index = (int)entry.Method - 1;
            if (index >= 0 && index < probabilities.Length)
            {
                probabilities[index] = (float)entry.Probability;
                _known[index] = true;
            }
        }

        for (var i = 0; i < probabilities.Length; i++)
        {
            _probabilities[i].Add(probabilities[i]);
        }
    }

    public void Add(Report report, double? reward)
    {
        IntervalMetrics.Add(_metrics, report, reward);
        _fallbacks.Add((byte)(report.Fallback?.Method ?? Method.Unspecified));
    }

    /// <param name="sequence">Position in the agent's log.</param>
    public void Add(PolicyUpdate update, long sequence)
    {
        foreach (var (name, _) in update.Diagnostics)
        {
            if (!_diagnostics.TryGetValue(name, out var column))
            {
                _diagnostics.Add(name, column = new());
                for (var i = 0; i < Updates; i++)
                {
                    column.Add(double.NaN);
                }
            }
        }

        foreach (var (name, column) in _diagnostics)
        {
            column.Add(update.Diagnostics.TryGetValue(name, out var value) && double.IsFinite(value) ? value : double.NaN);
        }

        _versions.Add(update.PolicyVersion);
        LastUpdate = sequence;
    }

    public void AddBatch(double threshold, double value, double logProbability, long policyVersion)
    {
        _batches[BatchMetrics.Threshold].Add(threshold);
        _batches[BatchMetrics.Value].Add(value);
        _batches[BatchMetrics.LogProbability].Add(logProbability);
        _batches[BatchMetrics.PolicyVersion].Add(policyVersion);
    }

    public void AddBatchReward(double reward) => _batches[BatchMetrics.Reward].Add(reward);
}

/// <summary>A history as it was when it was taken. Missing numbers are not-a-number.</summary>
/// <param name="Metrics">In the order of <see cref="IntervalMetrics.All"/>.</param>
/// <param name="Methods">The method decided, one an interval.</param>
/// <param name="Fallbacks">The method that ran instead, one a report; 0 where the decision was carried out.</param>
/// <param name="Probabilities">Of the methods that the policy may choose, one an interval.</param>
/// <param name="Batches">In the order of <see cref="BatchMetrics.All"/>.</param>
/// <param name="Versions">The policy's version after each update.</param>
/// <param name="Diagnostics">Of updates, by name.</param>
internal sealed record RunView(
    IReadOnlyList<ReadOnlyMemory<double>> Metrics,
    ReadOnlyMemory<byte> Methods,
    ReadOnlyMemory<byte> Fallbacks,
    IReadOnlyList<(Method Method, ReadOnlyMemory<float> Values)> Probabilities,
    IReadOnlyList<ReadOnlyMemory<double>> Batches,
    ReadOnlyMemory<double> Versions,
    IReadOnlyDictionary<string, ReadOnlyMemory<double>> Diagnostics)
{
    public int Decisions => Methods.Length;

    public int Reports => Fallbacks.Length;

    /// <summary>The numbers of an interval metric.</summary>
    public ReadOnlyMemory<double> Of(string metric) => Metrics[IntervalMetrics.IndexOf(metric)];
}
