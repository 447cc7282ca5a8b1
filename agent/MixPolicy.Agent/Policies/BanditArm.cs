namespace MixPolicy.Agent.Policies;

/// <summary>An arm of the bandit: a method, and a bin of each head it uses.</summary>
/// <param name="Method">Index into the space's methods.</param>
/// <param name="Lambda">The bin of lambda, a part of the unit interval; all of it where the method ignores lambda.</param>
/// <param name="Threshold">The bin of the threshold, likewise.</param>
public sealed record BanditArm(int Method, Bin Lambda, Bin Threshold)
{
    /// <summary>Every arm of a space: by method, then lambda, then threshold.</summary>
    public static IReadOnlyList<BanditArm> All(ChoiceSpace space, int lambdaBins, int thresholdBins) =>
    [
        .. space.Methods.SelectMany((method, index) =>
            Bin.Split(method.UsesLambda ? lambdaBins : 1).SelectMany(lambda =>
                Bin.Split(method.UsesThreshold ? thresholdBins : 1).Select(threshold => new BanditArm(index, lambda, threshold)))),
    ];
}

/// <summary>A part of the unit interval.</summary>
/// <param name="Low">Lower end, in [0, 1).</param>
/// <param name="Width">Width, above 0.</param>
public readonly record struct Bin(double Low, double Width)
{
    public static IEnumerable<Bin> Split(int count) => Enumerable.Range(0, count).Select(bin => new Bin((double)bin / count, 1.0 / count));

    /// <summary>The point at <paramref name="unit"/> in [0, 1] of the bin.</summary>
    public double At(double unit) => Low + (unit * Width);
}
