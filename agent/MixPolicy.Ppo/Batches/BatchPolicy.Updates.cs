using System.Diagnostics;
using MixPolicy.Ppo.Learning;
using MixPolicy.Torch.Threads;

namespace MixPolicy.Ppo.Batches;

public abstract partial class BatchPolicy
{
    /// <summary>Started with the first update, and the only one that touches parameters, Adam and the shuffling stream while an update runs.</summary>
    private ModelThread? _thread;
    private RunningUpdate? _update;

    /// <summary>Transitions learned from so far, running update included.</summary>
    private long _samples;

    private void StartUpdate()
    {
        // A second full rollout before the first one's update was due: a rollout is never learned from twice, and never waits for its turn.
        if (_update is not null)
        {
            Adopt();
        }

        var (rollout, remaining) = (_rollout, 1 - _progress);
        _rollout = [];
        _samples += rollout.Count;
        _thread ??= new("batch-policy-update", _options.Threads);
        _update = new(_decisions + _options.UpdateLag, _thread.RunAsync(() =>
        {
            var begun = Stopwatch.GetTimestamp();
            var diagnostics = Learn(rollout, _adam, _shuffle, remaining);
            var actor = _createActor(_parameters.ToArray());
            rollout.ForEach(step => Recycle(step.Observation));
            return new LearnedWeights(actor, diagnostics, Stopwatch.GetElapsedTime(begun));
        }));
    }

    private bool AdoptIfDue()
    {
        if (_update is null || _decisions < _update.AdoptAt)
        {
            return false;
        }

        Adopt();
        return true;
    }

    private void Adopt()
    {
        var (actor, diagnostics, took) = _update!.Learned.GetAwaiter().GetResult();
        (_actor, _update) = (actor, null);
        Version++;
        diagnostics[Diagnostics.Updates] = Version;
        diagnostics[Diagnostics.Samples] = _samples;
        _adopted.Add(new(Version, diagnostics) { Took = took });
    }

    /// <summary>Waits without adopting; what the update throws is thrown where it is adopted.</summary>
    private void WaitForUpdate() => ((IAsyncResult?)_update?.Learned)?.AsyncWaitHandle.WaitOne();
}
