using MixPolicy.Ppo.Rollouts;

namespace MixPolicy.Ppo.Training;

/// <summary>Collects the transitions of several environments as segments.</summary>
/// <param name="environments">≥ 1.</param>
internal sealed class RolloutBuffer(int environments)
{
    private readonly List<Segment> _ended = [];
    private readonly List<Transition>[] _open = [.. Enumerable.Range(0, environments).Select(_ => new List<Transition>())];

    /// <summary>For checkpoints.</summary>
    public RolloutState State
    {
        get => new([.. _ended], [.. _open.Select(open => open.ToArray())]);
        set
        {
            _ended.Clear();
            _ended.AddRange(value.Ended);
            for (var i = 0; i < _open.Length; i++)
            {
                _open[i] = [.. value.Open[i]];
            }
        }
    }

    public void Add(int environment, Transition transition) => _open[environment].Add(transition);

    /// <summary>Ends the segment of an environment, if it has begun; see <see cref="Segment"/>.</summary>
    public void End(int environment, float[]? nextObservation)
    {
        if (_open[environment].Count > 0)
        {
            _ended.Add(new(_open[environment], nextObservation));
            _open[environment] = [];
        }
    }

    /// <summary>All ended segments; the buffer forgets them.</summary>
    public IReadOnlyList<Segment> Take()
    {
        Segment[] taken = [.. _ended];
        _ended.Clear();
        return taken;
    }
}

/// <summary>The content of a <see cref="RolloutBuffer"/>.</summary>
internal sealed record RolloutState(IReadOnlyList<Segment> Ended, IReadOnlyList<Transition[]> Open);
