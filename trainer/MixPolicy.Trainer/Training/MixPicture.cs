using MixPolicy.Mixup;
using MixPolicy.Mixup.Methods;
using MixPolicy.Trainer.Data;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training;

/// <summary>A class and its weight in a mixed label.</summary>
/// <param name="Weight">In (0, 1].</param>
public sealed record LabelWeight(string Class, double Weight);

/// <summary>An image that a mixed one was made of.</summary>
/// <param name="Image">side·side pixels of red, green, blue, row by row.</param>
/// <param name="Saliency">side·side values scaled to [0, 1].</param>
/// <param name="Share">Its share of every pixel of the mix, side·side values in [0, 1]; those of all sources add up to 1.</param>
public sealed record MixSource(byte[] Image, float[] Saliency, float[] Share);

/// <summary>One mixed image with all that made it, for a report.</summary>
/// <param name="Side">Height and width of everything here, in pixels.</param>
/// <param name="Sources">The own image, then its partner; where several are mixed jointly, those with a share, largest first. One where nothing was mixed.</param>
/// <param name="Mixed">The result, in the form of a source's image. Mixed inside the network, what the same λ makes of the images.</param>
/// <param name="Labels">The mixed label, largest weight first.</param>
public sealed record MixPicture(int Side, IReadOnlyList<MixSource> Sources, byte[] Mixed, IReadOnlyList<LabelWeight> Labels)
{
    /// <summary>Where in the network the representations are mixed, see <see cref="MixedBatch.Place"/>; null where the images are.</summary>
    public int? Place { get; init; }

    /// <param name="clean">With saliency.</param>
    internal static IReadOnlyList<MixPicture> From(MixupBatch clean, MixedBatch mixed, Dataset data)
    {
        using var scope = NewDisposeScope();
        var side = clean.Width;
        var saliency = clean.Saliency! / clean.Saliency!.amax([1, 2], keepdim: true).clamp_min(1e-20);
        var images = mixed.Place is null ? mixed.Images : ManifoldMixup.MixHidden(clean.Images, mixed);
        var shares = MixShares.Of(mixed, side);
        return [.. shares.Select((sources, i) => new MixPicture(
            side,
            [.. sources.Select(source => new MixSource(Bytes(clean.Images[source.Image], data.Normalisation), Values(saliency[source.Image]), source.Share))],
            Bytes(images[i], data.Normalisation),
            LabelsOf(Values(mixed.Labels[i]), data.Classes)) { Place = mixed.Place })];
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
