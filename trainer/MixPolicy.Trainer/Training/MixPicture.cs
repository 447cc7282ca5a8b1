using MixPolicy.Mixup;
using MixPolicy.Trainer.Data;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training;

/// <summary>A class and its weight in a mixed label.</summary>
/// <param name="Weight">In (0, 1].</param>
public sealed record LabelWeight(string Class, double Weight);

/// <summary>One mixed image with all that made it, for a report.</summary>
/// <param name="Side">Height and width of everything here, in pixels.</param>
/// <param name="Image">The own image: side·side pixels of red, green, blue, row by row.</param>
/// <param name="Partner">The partner in the same form; null where nothing was mixed.</param>
/// <param name="Saliency">The own image's saliency, side·side values scaled to [0, 1].</param>
/// <param name="OwnWeight">The own image's share of every pixel, side·side values in [0, 1].</param>
/// <param name="Mixed">The result, in the form of the image.</param>
/// <param name="Labels">The mixed label, largest weight first.</param>
public sealed record MixPicture(
    int Side, byte[] Image, byte[]? Partner, float[] Saliency, float[] OwnWeight, byte[] Mixed, IReadOnlyList<LabelWeight> Labels)
{
    internal static IReadOnlyList<MixPicture> From(Tensor images, Tensor saliency, MixedBatch mixed, Dataset data)
    {
        using var scope = NewDisposeScope();
        var side = (int)images.shape[3];
        var partners = mixed.Partner?.cpu().data<long>().ToArray();
        var weights = (mixed.OwnWeight() ?? ones(1, 1, side, side)).expand(images.shape[0], 1, side, side).cpu().to(ScalarType.Float32);
        return [.. Enumerable.Range(0, (int)images.shape[0]).Select(i => new MixPicture(
            side,
            Bytes(images[i], data.Normalisation),
            partners is null ? null : Bytes(images[partners[i]], data.Normalisation),
            Values(saliency[i] / saliency[i].max().clamp_min(1e-20)),
            Values(weights[i]),
            Bytes(mixed.Images[i], data.Normalisation),
            LabelsOf(Values(mixed.Labels[i]), data.Classes)))];
    }

    private static float[] Values(Tensor tensor) => tensor.detach().cpu().contiguous().data<float>().ToArray();

    private static byte[] Bytes(Tensor image, Normalisation normalisation)
    {
        var values = Values(image.permute(1, 2, 0));
        return [.. values.Select((value, i) => normalisation.ToByte(value, i % ImageSet.Channels))];
    }

    private static IReadOnlyList<LabelWeight> LabelsOf(float[] weights, IReadOnlyList<string> classes) =>
        [.. weights.Select((weight, k) => new LabelWeight(classes[k], weight)).Where(l => l.Weight > 0).OrderByDescending(l => l.Weight)];
}
