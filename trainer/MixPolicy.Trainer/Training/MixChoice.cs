using MixPolicy.Mixup;
using MixPolicy.Trainer.Training.Batches;

namespace MixPolicy.Trainer.Training;

/// <summary>How the batches of an epoch are mixed.</summary>
public sealed record MixChoice(IMixupMethod Method, MixParameters Parameters)
{
    /// <summary>Decides each batch's saliency percentiles, where it answers; null where all is drawn by the parameters. The method must be an <see cref="IThresholdMethod"/>.</summary>
    public IBatchSteering? Steering { get; init; }
}
