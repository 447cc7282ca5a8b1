using MixPolicy.Mixup.Draws;
using MixPolicy.Mixup.Methods;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.PuzzleSolving;

/// <summary>
/// PuzzleMix's optional adversarial noise (Kim et al. 2020, section 5.3): a random start in the ball, one step of the gradient's sign, back into the ball, times a random
/// factor. The published code takes the gradient at the random start; here it is that of the clean images, which the saliency pass gives anyway.
/// </summary>
/// <param name="noise">B×C×H×W, in colours of [0, 1].</param>
internal sealed class AdversarialNoise(Tensor noise, bool onOwn, bool onPartners)
{
    // The published step is a little longer than the radius: (ε + 2) / 255.
    private const double Overshoot = 2.0 / 255;

    /// <summary>The noise of a batch; null where chance decides for none.</summary>
    public static AdversarialNoise? Draw(MixupBatch batch, PuzzleMixOptions options, RandomStream stream)
    {
        if (options.NoiseProbability == 0)
        {
            return null;
        }

        var (onOwn, onPartners) = (stream.Happens(options.NoiseProbability), stream.Happens(options.NoiseProbability));
        if (!onOwn && !onPartners)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var (radius, factor) = (options.NoiseRadius, stream.Uniform());
        var start = new float[batch.Images.numel()];
        for (var at = 0; at < start.Length; at++)
        {
            start[at] = (float)stream.Uniform(-radius, radius);
        }

        var drawn = tensor(start, batch.Images.shape, device: batch.Images.device).to(batch.Images.dtype);
        var stepped = (drawn + ((radius + Overshoot) * batch.Gradient!.nan_to_num(0).sign())).clamp(-radius, radius);
        return new((factor * stepped).MoveToOuterDisposeScope(), onOwn, onPartners);
    }

    /// <summary>The images as own ones and as partners.</summary>
    public (Tensor Own, Tensor Partners) AddTo(MixupBatch batch)
    {
        var noisy = Add(batch);
        return (onOwn ? noisy : batch.Images, onPartners ? noisy : batch.Images);
    }

    private Tensor Add(MixupBatch batch)
    {
        using var scope = NewDisposeScope();
        var colours = BatchColours.Restore(batch.Images, batch.Scale) + noise;
        var bounded = batch.Scale is null ? colours : colours.clamp(0, 1);
        return BatchColours.Normalise(bounded, batch.Scale).MoveToOuterDisposeScope();
    }
}
