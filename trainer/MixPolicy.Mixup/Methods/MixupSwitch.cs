using MixPolicy.Mixup.Draws;
using MixPolicy.Mixup.Losses;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// Another method for each batch: timm's <c>switch_prob</c> for any number of methods. The methods share <see cref="MixParameters"/>; options of their own are
/// those they were made with.
/// </summary>
public sealed class MixupSwitch : IMixupMethod
{
    private readonly double _total;

    /// <param name="choices">Methods, each with how often it is taken relative to the others: positive and finite.</param>
    /// <exception cref="ArgumentException">There is no method, a weight is out of range, or the methods are trained by different losses.</exception>
    public MixupSwitch(IReadOnlyList<(IMixupMethod Method, double Weight)> choices)
    {
        if (choices.Count == 0)
        {
            throw new ArgumentException("a switch of 0 methods; allowed: 1 or more", nameof(choices));
        }

        foreach (var (method, weight) in choices)
        {
            if (weight is not > 0 || !double.IsFinite(weight))
            {
                throw new ArgumentOutOfRangeException(nameof(choices), weight, $"the weight of {method.Name} must be positive and finite");
            }
        }

        if (choices.Select(c => (c.Method.Loss, c.Method.CleanLossWeight)).Distinct().Count() > 1)
        {
            var losses = choices.Select(c => $"{c.Method.Name}: {c.Method.Loss} with clean loss × {c.Method.CleanLossWeight}");
            throw new ArgumentException($"methods that switch must be trained by one loss; these are not: {string.Join("; ", losses)}", nameof(choices));
        }

        Choices = choices;
        _total = choices.Sum(c => c.Weight);
    }

    public IReadOnlyList<(IMixupMethod Method, double Weight)> Choices { get; }

    public string Name => $"switch({string.Join(", ", Choices.Select(c => c.Method.Name))})";

    public bool UsesLambda => Choices.Any(c => c.Method.UsesLambda);

    public bool UsesThreshold => Choices.Any(c => c.Method.UsesThreshold);

    public bool NeedsSaliency => Choices.Any(c => c.Method.NeedsSaliency);

    public bool NeedsFeatures => Choices.Any(c => c.Method.NeedsFeatures);

    public bool NeedsGradient => Choices.Any(c => c.Method.NeedsGradient);

    public double CleanLossWeight => Choices[0].Method.CleanLossWeight;

    public MixupLoss Loss => Choices[0].Method.Loss;

    /// <summary>The defaults: methods' published settings differ.</summary>
    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator)
    {
        batch.Check(NeedsSaliency, NeedsGradient, NeedsFeatures);
        var stream = RandomStream.From(generator);
        var method = Choose(stream.Uniform() * _total);
        using var own = new Generator(stream.Next() >> 1, generator.device);
        return method.Mix(batch, parameters, own);
    }

    private IMixupMethod Choose(double at)
    {
        foreach (var (method, weight) in Choices)
        {
            at -= weight;
            if (at < 0)
            {
                return method;
            }
        }

        // Rounding may leave a last grain.
        return Choices[^1].Method;
    }
}
