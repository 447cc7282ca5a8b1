using MixPolicy.Mixup;

namespace MixPolicy.Trainer.Training.Batches;

/// <summary>
/// The reward of RL-Mix (Luu et al. 2022, section 4): the cosine of the un-normalised pooled saliency of the clean and of the mixed batch, all images flattened into one
/// vector. The mixed batch's comes out of its training step, which only has to go back to the input. 0 where a saliency is zero everywhere, or so large that it has no length.
/// </summary>
internal sealed class SaliencyReward(int patches) : IBatchReward
{
    public StepLook Before(int batch) => new(wantsSaliency: true);

    public float[] After(ObservedBatch clean, MixedBatch mixed, StepLook look)
    {
        var likeness = (float)Saliency.GradientSimilarity(clean.Pooled, Saliency.AveragePool(look.Saliency!, patches, patches));
        return [float.IsFinite(likeness) ? likeness : 0];
    }
}
