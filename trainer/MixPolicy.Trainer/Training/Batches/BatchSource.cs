using MixPolicy.Mixup;

namespace MixPolicy.Trainer.Training.Batches;

/// <summary>The clean batches of an epoch.</summary>
/// <param name="Batches">How many there are.</param>
/// <param name="Load">A batch by its number, with labels, without saliency; its tensors belong to the caller's scope.</param>
/// <param name="Draw">All that is drawn for the mixing of a batch; called once a batch, in order.</param>
/// <param name="Progress">Fraction of the training that is done before a batch, in [0, 1].</param>
internal sealed record BatchSource(int Batches, Func<int, MixupBatch> Load, Func<MixupBatch, ThresholdDraws> Draw, Func<int, double> Progress);
