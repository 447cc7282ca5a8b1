using MixPolicy.Mixup;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training.Batches;

/// <summary>How far a step brings the loss on a clean probe batch down, in nats: one forward pass of the probe a step, and one more where the probe changes.</summary>
internal sealed class ProbeLossReward(CleanProbe probe) : IBatchReward
{
    private const float Largest = 100;

    private int _batch;
    private int _measuredBefore = -1;
    private float _loss;

    public StepLook Before(int batch)
    {
        _batch = batch;
        // The loss after the step before is that before this one, if both have the same probe.
        if (_measuredBefore != batch || CleanProbe.IndexOf(batch) != CleanProbe.IndexOf(batch - 1))
        {
            _loss = Measure();
        }

        return new();
    }

    public float[] After(ObservedBatch clean, MixedBatch mixed, StepLook look)
    {
        var before = _loss;
        _loss = Measure();
        _measuredBefore = _batch + 1;
        var drop = before - _loss;
        return [float.IsFinite(drop) ? Math.Clamp(drop, -Largest, Largest) : -Largest];
    }

    private float Measure() => probe.See(_batch, (logits, _, labels) => nn.functional.cross_entropy(logits, labels).cpu().item<float>());
}
