using static TorchSharp.torch;

namespace MixPolicy.Trainer.Data;

/// <summary>
/// Batches of an image set as tensors. Pixels are normalised, flipped and cropped on plain spans: about a third of a millisecond for 100 images
/// of 32×32, nothing beside a training step, so there is no prefetching.
/// </summary>
public sealed class BatchLoader
{
    private readonly float[][] _table;
    private readonly Device _device;

    public BatchLoader(ImageSet images, Normalisation normalisation, Device device) => (Images, _table, _device) = (images, normalisation.Table(), device);

    public ImageSet Images { get; }

    /// <summary>Batch <paramref name="batch"/> of a plan made for as many images as this set has.</summary>
    public Batch Load(EpochPlan plan, int batch)
    {
        using var scope = NewDisposeScope();
        var views = plan.Views(batch);
        var pixels = new float[views.Length * Images.ImageBytes];
        var labels = new long[views.Length];
        for (var i = 0; i < views.Length; i++)
        {
            Write(views[i], pixels.AsSpan(i * Images.ImageBytes, Images.ImageBytes));
            labels[i] = Images.Label(views[i].Index);
        }

        var images = tensor(pixels, [views.Length, ImageSet.Channels, Images.Side, Images.Side]).to(_device);
        return new(images.MoveToOuterDisposeScope(), tensor(labels).to(_device).MoveToOuterDisposeScope());
    }

    private void Write(EpochPlan.View view, Span<float> target)
    {
        var side = Images.Side;
        var source = Images.Pixels(view.Index);
        for (var channel = 0; channel < ImageSet.Channels; channel++)
        {
            var table = _table[channel].AsSpan();
            for (var row = 0; row < side; row++)
            {
                var output = target.Slice(((channel * side) + row) * side, side);
                var from = row + view.Down;
                if ((uint)from >= (uint)side)
                {
                    output.Fill(table[0]);
                    continue;
                }

                var input = source.Slice(((channel * side) + from) * side, side);
                for (var column = 0; column < side; column++)
                {
                    var at = column + view.Right;
                    output[column] = table[(uint)at < (uint)side ? input[view.Flip ? side - 1 - at : at] : 0];
                }
            }
        }
    }
}
