using MixPolicy.Mixup;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training.Batches;

/// <summary>A clean batch after its saliency pass, with what is drawn for it and the question it is. Owns its tensors: it may outlive the step it was made in.</summary>
/// <param name="Clean">With saliency.</param>
/// <param name="Pooled">The saliency on the policy's grid, un-normalised: B×P×P.</param>
/// <param name="Draws">As published.</param>
/// <param name="Answer">Null where nothing was asked.</param>
internal sealed record ObservedBatch(MixupBatch Clean, Tensor Pooled, ThresholdDraws Draws, Task<BatchAnswer?>? Answer) : IDisposable
{
    public void Dispose()
    {
        Clean.Images.Dispose();
        Clean.Labels.Dispose();
        Clean.Saliency!.Dispose();
        Pooled.Dispose();
    }
}
