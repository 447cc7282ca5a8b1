using System.Numerics;
using static System.Numerics.Tensors.TensorPrimitives;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Blending;

/// <summary>Makes the outputs of a <see cref="BatchLabelling"/>: every cell is that of one input, or the mean of two.</summary>
internal static class LabelledBlend
{
    /// <param name="images">B×C×H×W.</param>
    public static Tensor Images(Tensor images, BatchLabelling labelling) =>
        SpanBlend.Fits(images) ? Spans(images, labelling) : Torch(images, labelling);

    /// <summary>Each input's label counts as much as its pixels.</summary>
    /// <param name="labels">B×K.</param>
    public static Tensor Labels(Tensor labels, BatchLabelling labelling, int height, int width)
    {
        var (rows, cols) = (CellGrid.CellOfPixel(labelling.Rows, height), CellGrid.CellOfPixel(labelling.Cols, width));
        var pixels = new int[labelling.Rows * labelling.Cols];
        foreach (var row in rows)
        {
            foreach (var col in cols)
            {
                pixels[(row * labelling.Cols) + col]++;
            }
        }

        // Half a cell for each of its two inputs.
        var area = Array.ConvertAll(pixels, count => 0.5f * count / (height * width));
        var share = new float[labelling.Outputs * labels.shape[0]];
        for (var at = 0; at < labelling.First.Length; at++)
        {
            var (output, cell) = Math.DivRem(at, area.Length);
            share[(output * labels.shape[0]) + labelling.First[at]] += area[cell];
            share[(output * labels.shape[0]) + labelling.Second[at]] += area[cell];
        }

        return Shared(labels, share, labelling.Outputs);
    }

    /// <summary>Each input's label counts as much as the saliency of what is shown of it; an output that shows none has the shares of its cells.</summary>
    /// <param name="labels">B×K.</param>
    /// <param name="salience">B×rows×cols, ≥ 0.</param>
    public static Tensor SalientLabels(Tensor labels, BatchLabelling labelling, ReadOnlySpan<float> salience)
    {
        var (inputs, cells) = ((int)labels.shape[0], labelling.Rows * labelling.Cols);
        var share = new float[labelling.Outputs * inputs];
        for (var output = 0; output < labelling.Outputs; output++)
        {
            var own = share.AsSpan(output * inputs, inputs);
            foreach (var bySalience in (ReadOnlySpan<bool>)[true, false])
            {
                for (var cell = 0; cell < cells; cell++)
                {
                    var (first, second) = (labelling.First[(output * cells) + cell], labelling.Second[(output * cells) + cell]);
                    own[first] += bySalience ? salience[(first * cells) + cell] : 1;
                    own[second] += bySalience ? salience[(second * cells) + cell] : 1;
                }

                if (Sum(own) > 0)
                {
                    break;
                }
            }

            Divide(own, Sum(own), own);
        }

        return Shared(labels, share, labelling.Outputs);
    }

    private static Tensor Shared(Tensor labels, float[] share, int outputs)
    {
        if (SpanBlend.Fits(labels))
        {
            return Weigh(labels, share, outputs);
        }

        using var scope = NewDisposeScope();
        return tensor(share, [outputs, labels.shape[0]], device: labels.device).to(labels.dtype).matmul(labels).MoveToOuterDisposeScope();
    }

    /// <summary>share·labels; an output has few inputs, so most of the product is skipped, and no other thread is woken for it.</summary>
    private static Tensor Weigh(Tensor labels, ReadOnlySpan<float> share, int outputs)
    {
        var (inputs, classes) = ((int)labels.shape[0], (int)labels.shape[1]);
        var result = zeros([outputs, classes], dtype: float32);
        var source = SpanBlend.Floats(labels);
        var target = SpanBlend.Floats(result);
        for (var at = 0; at < share.Length; at++)
        {
            if (share[at] != 0)
            {
                var sum = target.Slice(at / inputs * classes, classes);
                MultiplyAdd(source.Slice(at % inputs * classes, classes), share[at], sum, sum);
            }
        }

        GC.KeepAlive(labels);
        return result;
    }

    /// <summary>The plain way, for any device, type and layout.</summary>
    public static Tensor Torch(Tensor images, BatchLabelling labelling)
    {
        using var scope = NewDisposeScope();
        return (0.5 * (Gather(labelling.First) + Gather(labelling.Second))).MoveToOuterDisposeScope();

        Tensor Gather(int[] inputs)
        {
            var cells = tensor([.. inputs.Select(i => (long)i)], [labelling.Outputs, labelling.Rows, labelling.Cols]);
            var pixels = CellGrid.Enlarge(cells, (int)images.shape[2], (int)images.shape[3]).unsqueeze(1).to(images.device);
            return images.gather(0, pixels.expand(labelling.Outputs, images.shape[1], images.shape[2], images.shape[3]));
        }
    }

    private static Tensor Spans(Tensor images, BatchLabelling labelling)
    {
        var result = empty([labelling.Outputs, .. images.shape[1..]], dtype: float32);
        var (channels, height, width) = ((int)images.shape[1], (int)images.shape[2], (int)images.shape[3]);
        var source = SpanBlend.Floats(images);
        var target = SpanBlend.Floats(result);
        var rows = CellGrid.CellOfPixel(labelling.Rows, height);
        var starts = Starts(labelling.Cols, width);
        var (image, plane) = (channels * height * width, height * width);
        for (var output = 0; output < labelling.Outputs; output++)
        {
            for (var y = 0; y < height; y++)
            {
                var cell = (((output * labelling.Rows) + (int)rows[y]) * labelling.Cols);
                for (var col = 0; col < labelling.Cols; col++)
                {
                    var (first, second) = (labelling.First[cell + col] * image, labelling.Second[cell + col] * image);
                    var (at, length) = ((y * width) + starts[col], starts[col + 1] - starts[col]);
                    for (var c = 0; c < channels; c++, at += plane)
                    {
                        var mixed = target.Slice((output * image) + at, length);
                        if (first == second)
                        {
                            source.Slice(first + at, length).CopyTo(mixed);
                        }
                        else
                        {
                            Mean(source.Slice(first + at, length), source.Slice(second + at, length), mixed);
                        }
                    }
                }
            }
        }

        GC.KeepAlive(images);
        return result;
    }

    /// <summary>The first pixel of each cell, and the end.</summary>
    private static int[] Starts(int cells, int pixels) => [.. Enumerable.Range(0, cells + 1).Select(i => (int)((((long)i * pixels) + cells - 1) / cells))];

    private static void Mean(ReadOnlySpan<float> first, ReadOnlySpan<float> second, Span<float> mean)
    {
        var i = 0;
        for (; i <= mean.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            ((new Vector<float>(first[i..]) + new Vector<float>(second[i..])) * 0.5f).CopyTo(mean[i..]);
        }

        for (; i < mean.Length; i++)
        {
            mean[i] = (first[i] + second[i]) * 0.5f;
        }
    }
}
