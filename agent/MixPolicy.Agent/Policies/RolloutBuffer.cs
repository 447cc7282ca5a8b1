using MixPolicy.Ppo.Rollouts;

namespace MixPolicy.Agent.Policies;

/// <summary>The transitions since the last update, in segments of their runs, and the decisions that are not rewarded yet.</summary>
public sealed class RolloutBuffer
{
    private readonly Dictionary<string, Transition> _open;
    private readonly List<RunSegment> _segments;

    public RolloutBuffer()
        : this(new([], []))
    {
    }

    public RolloutBuffer(State state)
    {
        _open = new(state.Open, StringComparer.Ordinal);
        _segments = [.. state.Segments];
    }

    /// <summary>Transitions so far.</summary>
    public int Count => _segments.Sum(segment => segment.Transitions.Count);

    /// <summary>Remembers a decision; its reward is still to come.</summary>
    public void Open(string run, Transition decision) => _open[run] = decision;

    /// <summary>Makes a transition of the run's open decision.</summary>
    /// <param name="next">What the run's next decision will see.</param>
    /// <param name="last">The run ended with it: nothing follows.</param>
    public void Close(string run, float reward, float[] next, bool last)
    {
        if (!_open.Remove(run, out var decision))
        {
            throw new InvalidOperationException($"{run} has no open decision.");
        }

        var index = Growing(run);
        var transitions = index < 0 ? [] : _segments[index].Transitions;
        var segment = new RunSegment(run, [.. transitions, decision with { Reward = reward }], last ? null : next, Ended: last);
        if (index < 0)
        {
            _segments.Add(segment);
        }
        else
        {
            _segments[index] = segment;
        }
    }

    /// <summary>Drops the run's open decision. What it did before ends there, with the value of what that decision saw still to come.</summary>
    public void Cut(string run)
    {
        _open.Remove(run);
        if (Growing(run) is >= 0 and var index)
        {
            _segments[index] = _segments[index] with { Ended = true };
        }
    }

    /// <summary>Hands over all segments and begins anew; open decisions stay.</summary>
    public IReadOnlyList<Segment> Take()
    {
        Segment[] rollout = [.. _segments.Select(segment => new Segment(segment.Transitions, segment.Next))];
        _segments.Clear();
        return rollout;
    }

    public State Snapshot() => new(_open, _segments);

    private int Growing(string run) => _segments.FindIndex(segment => segment.Run == run && !segment.Ended);

    /// <summary>Consecutive transitions of one run.</summary>
    /// <param name="Next">What came after them; null if the run ended.</param>
    /// <param name="Ended">The run's next transition does not belong here.</param>
    public sealed record RunSegment(string Run, IReadOnlyList<Transition> Transitions, float[]? Next, bool Ended);

    /// <summary>All of a buffer, for checkpoints.</summary>
    public sealed record State(Dictionary<string, Transition> Open, List<RunSegment> Segments);
}
