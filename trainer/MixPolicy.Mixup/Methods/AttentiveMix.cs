using MixPolicy.Mixup.Blending;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// Attentive CutMix (Walawalkar et al. 2020, "Attentive CutMix: An Enhanced Data Augmentation Approach for Deep Learning Based Image Classification", section 2.2): the
/// cells of the partner that the network's last feature maps answer to most replace the same cells of the image. The paper asks a separate pretrained network; here
/// it is the one in training.
/// </summary>
/// <param name="options">The published settings where null.</param>
public sealed class AttentiveMix(AttentiveMixOptions? options = null) : IMixupMethod
{
    public AttentiveMixOptions Options { get; } = options ?? new();

    public string Name => "attentivemix";

    public bool UsesLambda => false;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => false;

    public bool NeedsFeatures => true;

    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        using var scope = NewDisposeScope();
        var order = stream.Permutation(batch.Size);
        var weight = OwnShare(batch, order);
        var areas = CellGrid.ImageMeans(weight, batch.Height, batch.Width);
        return Mixing.Blended(batch, tensor(order, device: batch.Images.device), weight, areas).MoveToOuterDisposeScope();
    });

    /// <summary>0 in the top cells of every image's partner, 1 elsewhere: B×h×w. Of equal cells the first count, and cells that are not finite come last.</summary>
    private Tensor OwnShare(MixupBatch batch, long[] order)
    {
        var features = batch.Features!.detach().cpu().to(float32).contiguous();
        var values = SpanBlend.Floats(features);
        var cells = values.Length / batch.Size;
        var top = Math.Clamp((int)Math.Round(Options.TopShare * cells), 1, cells);
        var weight = new float[values.Length];
        Array.Fill(weight, 1);
        var (keys, indices) = (new (float, int)[cells], new int[cells]);
        for (var b = 0; b < batch.Size; b++)
        {
            var source = values.Slice((int)order[b] * cells, cells);
            for (var i = 0; i < cells; i++)
            {
                (keys[i], indices[i]) = ((float.IsFinite(source[i]) ? -source[i] : float.PositiveInfinity, i), i);
            }

            Array.Sort(keys, indices);
            foreach (var cell in indices.AsSpan(0, top))
            {
                weight[(b * cells) + cell] = 0;
            }
        }

        GC.KeepAlive(features);
        return tensor(weight, features.shape, device: batch.Images.device);
    }
}
