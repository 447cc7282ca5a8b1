using MixPolicy.Ppo.Batches;

namespace MixPolicy.Ppo.Networks;

/// <summary>
/// What the set policy sees, free of scale and of the count of classes, laid out as F numbers an image, then the partner of each image, then λ:
/// P·P patches ln(P² s + 0.1)/2, where 1/P² a patch is what an even map has; concentration 1 − entropy(s)/ln P²; ln of P² times the largest patch;
/// loss/ln K, at most 4; entropy of the predicted classes/ln K; margin between the two likeliest classes' probabilities.
/// </summary>
internal static class SetEncoding
{
    private const float Floor = 0.1f;
    private const float MaxLoss = 4;

    public static float[] Encode(BatchObservation observation, SetShape shape)
    {
        var encoded = new float[(observation.Images * (shape.Features + 1)) + 1];
        var (patches, classes, logClasses) = (observation.Patches * observation.Patches, observation.Classes, MathF.Log(observation.Classes));
        for (var image = 0; image < observation.Images; image++)
        {
            var features = encoded.AsSpan(image * shape.Features, shape.Features);
            var saliency = observation.Saliency.AsSpan(image * patches, patches);
            var (entropy, largest) = (0f, 0f);
            for (var i = 0; i < patches; i++)
            {
                var s = saliency[i];
                features[i] = MathF.Log((patches * s) + Floor) / 2;
                entropy -= s > 0 ? s * MathF.Log(s) : 0;
                largest = MathF.Max(largest, s);
            }

            var scalars = features[patches..];
            scalars[0] = 1 - (entropy / MathF.Log(patches));
            scalars[1] = MathF.Log((patches * largest) + Floor);
            scalars[2] = MathF.Min(observation.Losses![image] / logClasses, MaxLoss);
            (scalars[3], scalars[4]) = Certainty(observation.Logits.AsSpan(image * classes, classes), logClasses);
            encoded[(observation.Images * shape.Features) + image] = observation.Partners![image];
        }

        encoded[^1] = observation.Lambda!.Value;
        return encoded;
    }

    /// <summary>How many images an encoded observation has.</summary>
    public static int Images(ReadOnlySpan<float> encoded, SetShape shape) => (encoded.Length - 1) / (shape.Features + 1);

    /// <summary>x of one image.</summary>
    public static void Inputs(ReadOnlySpan<float> encoded, SetShape shape, int image, Span<float> x)
    {
        var images = Images(encoded, shape);
        var partner = (int)encoded[(images * shape.Features) + image];
        encoded.Slice(image * shape.Features, shape.Features).CopyTo(x);
        encoded.Slice(partner * shape.Features, shape.Features).CopyTo(x[shape.Features..]);
        x[2 * shape.Features] = encoded[^1];
    }

    private static (float Entropy, float Margin) Certainty(ReadOnlySpan<float> logits, float logClasses)
    {
        var (first, second) = (float.NegativeInfinity, float.NegativeInfinity);
        foreach (var logit in logits)
        {
            (first, second) = logit > first ? (logit, first) : (first, MathF.Max(second, logit));
        }

        // H = ln Σ e^(z − z₁) − Σ p (z − z₁)
        double sum = 0, weighted = 0;
        foreach (var logit in logits)
        {
            var e = Math.Exp(logit - first);
            sum += e;
            weighted += e > 0 ? e * (logit - first) : 0;
        }

        return ((float)((Math.Log(sum) - (weighted / sum)) / logClasses), (float)((1 - Math.Exp(second - first)) / sum));
    }
}
