using MixPolicy.Mixup;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training.Batches;

/// <summary>
/// The cosine, for each mixed image, of the last layer's gradient on it and on a clean probe batch: above 0 where a step along the image's gradient also lowers the clean
/// loss. An image's gradient is an outer product, so nothing of its size is ever made. The probe's gradient is taken with the probe, and so is of weights 0 to
/// <see cref="CleanProbe.Stay"/> − 1 steps old.
/// </summary>
internal sealed class ProbeGradientReward(CleanProbe probe) : IBatchReward, IDisposable
{
    private Tensor? _gradient;
    private int _probe;

    public StepLook Before(int batch)
    {
        // Batches without an answer are not looked at: the probe may have changed before this one.
        if (_gradient is null || _probe != CleanProbe.IndexOf(batch))
        {
            _gradient?.Dispose();
            (_gradient, _probe) = (probe.See(batch, Gradient), CleanProbe.IndexOf(batch));
        }

        return new(wantsFeatures: true);
    }

    public float[] After(ObservedBatch clean, MixedBatch mixed, StepLook look) => Cosines(_gradient!, look.Logits!, mixed.Labels, look.Features!);

    public void Dispose() => _gradient?.Dispose();

    /// <summary><c>G = mean_i (p_i − y_i) ⊗ [h_i, 1]</c>, K×(D + 1): weight and bias of the last layer. Owned by the caller.</summary>
    internal static Tensor Gradient(Tensor logits, Tensor features, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var residual = logits.softmax(1) - nn.functional.one_hot(labels, logits.shape[1]).to(logits.dtype);
        return (residual.t().matmul(WithOne(features)) / logits.shape[0]).DetachFromDisposeScope();
    }

    /// <summary><c>cos_i = (p_i − y_i)ᵀ G [h_i, 1] / (|p_i − y_i| · |[h_i, 1]| · |G|)</c>; 0 where a gradient is zero.</summary>
    /// <param name="gradient">G, K×(D + 1).</param>
    /// <param name="logits">B×K.</param>
    /// <param name="labels">Soft, B×K.</param>
    /// <param name="features">B×D.</param>
    internal static float[] Cosines(Tensor gradient, Tensor logits, Tensor labels, Tensor features)
    {
        using var scope = NewDisposeScope();
        var residual = logits.softmax(1) - labels;
        var seen = WithOne(features);
        var product = (residual * seen.matmul(gradient.t())).sum(1);
        var norms = residual.norm(1) * seen.norm(1) * gradient.norm();
        var cosines = (product / norms.clamp_min(1e-20)).clamp(-1, 1);
        return cosines.nan_to_num().cpu().data<float>().ToArray();
    }

    private static Tensor WithOne(Tensor features) => cat([features, ones([features.shape[0], 1], dtype: features.dtype, device: features.device)], 1);
}
