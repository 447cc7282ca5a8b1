using MixPolicy.Mixup;
using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Networks;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training.Batches;

/// <summary>
/// A small clean batch of held-out images, unaugmented, that changes every <see cref="Stay"/> batches and so walks through them all. The network sees it as it sees a
/// training batch, with batch statistics, and learns nothing from it.
/// </summary>
internal sealed class CleanProbe(nn.Module<Tensor, Tensor> network, BatchLoader heldOut, int batchSize, int epoch)
{
    /// <summary>Batches that one probe serves.</summary>
    internal const int Stay = 8;

    private readonly EpochPlan _plan = EpochPlan.Evaluation(heldOut.Images.Count, batchSize);

    /// <summary>Which of the epoch's probes serves a batch.</summary>
    internal static int IndexOf(int batch) => batch / Stay;

    /// <summary>Runs a forward pass of the probe that serves a batch, without a graph.</summary>
    /// <param name="work">Logits M×K, features M×D, labels M of int64, in a scope of their own.</param>
    internal T See<T>(int batch, Func<Tensor, Tensor, Tensor, T> work) => TrainingMode.Untouched(network, () =>
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var probe = heldOut.Load(_plan, (epoch + IndexOf(batch)) % _plan.Batches);
        var logits = LastFeatures.Forward(network, ChannelsLast.Of(probe.Images), out var features);
        return work(logits, features, probe.Labels);
    });
}
