using MixPolicy.Torch.Checkpoints;
using MixPolicy.V1;

namespace MixPolicy.Agent.Policies;

/// <summary>The policies `schedule` and `fixed`: choices known beforehand, each from an interval on.</summary>
/// <param name="entries">Sorted by interval; the first has 0. A fixed policy has just that one.</param>
public sealed class ScheduledPolicy(IReadOnlyList<V1.SchedulePolicy.Types.Entry> entries) : IPolicy
{
    public long Version => 0;

    public Draw Decide(string run, int interval, float[] observation, ulong seed)
    {
        var choice = entries.Last(entry => entry.FromInterval <= interval).Choice.Clone();
        var distribution = new Distribution();
        distribution.Methods.Add(new Distribution.Types.MethodProbability { Method = choice.Method, Probability = 1 });
        return new(choice, LogProbability: 0, Value: 0, distribution);
    }

    public PolicyUpdate? Learn(string run, double? reward, float[] next, bool last) => null;

    public void Skip(string run, bool last)
    {
        // Nothing is open: this policy remembers no decision.
    }

    public void Save(CheckpointWriter writer)
    {
        // No decision depends on an earlier one.
    }

    public void Dispose()
    {
        // Holds nothing.
    }
}
