using MixPolicy.Mixup.Blending;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// GuidedMixup (Kang and Kim 2023, "GuidedMixup: An Efficient Mixup Strategy Guided by Saliency Maps", sections 3.2 and 3.3): images are paired so that salient regions
/// lie apart, and every pixel is mixed by the images' saliency there, <c>w = s/(s + s[π])</c>. Labels are mixed by the mean of w. Nothing but whether a batch is
/// mixed is random.
/// </summary>
/// <param name="options">The published settings where null.</param>
public sealed class GuidedMixup(GuidedMixupOptions? options = null) : IMixupMethod
{
    public GuidedMixupOptions Options { get; } = options ?? new();

    public string Name => "guidedmixup";

    public bool UsesLambda => false;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => true;

    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, _ =>
    {
        using var scope = NewDisposeScope();
        var saliency = Blurred(batch);
        var partner = tensor(FarthestPairs.Cycle(saliency), device: batch.Images.device);
        var own = saliency.to(batch.Images.device);
        var total = own + own.index_select(0, partner);

        // w = s / (s + s[π]); ½ where neither is salient
        var weight = where(total.gt(0), own / total, full([1], 0.5f, device: own.device)).contiguous();
        var shares = weight.to(float64).mean([1, 2]);
        return Mixing.Blended(batch, partner, weight, shares.cpu().data<double>().ToArray()).MoveToOuterDisposeScope();
    });

    /// <summary>Blurred saliency, every image summing to 1: B×H×W of float32 on the CPU.</summary>
    private Tensor Blurred(MixupBatch batch)
    {
        var map = Saliency.Pool(batch.Saliency!.detach().cpu().to(float32).contiguous(), batch.Height, batch.Width);
        var blurred = GaussianBlur.Of(map, Options.BlurSigma, Options.BlurKernel / 2);
        return (blurred / blurred.sum([1, 2], keepdim: true)).contiguous();
    }
}
