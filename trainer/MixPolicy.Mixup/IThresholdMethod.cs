namespace MixPolicy.Mixup;

/// <summary>A method that cuts each image's saliency at a percentile: R-Mix and its ablations.</summary>
public interface IThresholdMethod : IMixupMethod
{
    /// <summary>Mixes a batch by draws that are made already, every batch of it, labels unsmoothed.</summary>
    /// <exception cref="ArgumentException">As of <see cref="IMixupMethod.Mix"/>; or the draws are not for a batch of this size, or outside their ranges.</exception>
    MixedBatch Mix(MixupBatch batch, ThresholdDraws draws);
}
