using MixPolicy.V1;

namespace MixPolicy.Agent.Policies;

/// <summary>
/// An action space as policies see it: a method by index, and lambda and threshold as points of the unit interval. A head that no method of
/// the space uses does not exist; one that the chosen method ignores counts for nothing.
/// </summary>
public sealed class ChoiceSpace
{
    private readonly bool _fixedLambda;
    private readonly double _spread;

    /// <param name="space">A valid action space, defaults filled in.</param>
    public ChoiceSpace(ActionSpace space)
    {
        Methods = [.. space.Methods.Select(MethodTable.Get)];
        _fixedLambda = space.Lambda.Kind == LambdaSpace.Types.Kind.Value;
        _spread = space.Threshold.Spread;
        LambdaRange = new(space.Lambda.Min, space.Lambda.Max, LogScale: !_fixedLambda);
        ThresholdRange = new(space.Threshold.Min, space.Threshold.Max, LogScale: false);
    }

    public IReadOnlyList<MethodEntry> Methods { get; }

    public ContinuousRange LambdaRange { get; }

    public ContinuousRange ThresholdRange { get; }

    /// <summary>The choice at a point of the space.</summary>
    /// <param name="method">Index into <see cref="Methods"/>.</param>
    /// <param name="lambda">In [0, 1]; ignored where the method ignores lambda.</param>
    /// <param name="threshold">In [0, 1]; ignored where the method ignores the threshold.</param>
    public Choice Choose(int method, double lambda, double threshold)
    {
        var entry = Methods[method];
        var choice = new Choice { Method = entry.Method };
        if (entry.UsesLambda && _fixedLambda)
        {
            choice.LambdaValue = LambdaRange.FromUnit(lambda);
        }
        else if (entry.UsesLambda)
        {
            choice.LambdaAlpha = LambdaRange.FromUnit(lambda);
        }

        if (entry.UsesThreshold)
        {
            choice.ThresholdBand = new() { Center = ThresholdRange.FromUnit(threshold), Spread = _spread };
        }

        return choice;
    }

    /// <summary>
    /// What turns a log probability of (method, unit lambda, unit threshold) into that of the choice's own numbers: the log Jacobian of the heads
    /// the method uses.
    /// </summary>
    public double LogUnitPerChoice(Choice choice)
    {
        var log = 0.0;
        if (LambdaOf(choice) is { } lambda)
        {
            log += LambdaRange.LogUnitPerValue(lambda);
        }

        if (choice.ThresholdCase == Choice.ThresholdOneofCase.ThresholdBand)
        {
            log += ThresholdRange.LogUnitPerValue(choice.ThresholdBand.Center);
        }

        return log;
    }

    /// <summary>Where a choice's lambda lies in the space, in [0, 1]; null if it has none or one of the other kind.</summary>
    public double? UnitLambda(Choice choice) => LambdaOf(choice) is { } lambda ? LambdaRange.ToUnit(lambda) : null;

    /// <summary>The probabilities of the methods and the Beta distributions of the heads that <paramref name="chosen"/> uses.</summary>
    /// <param name="probabilities">Of each of <see cref="Methods"/>.</param>
    public Distribution Describe(
        IReadOnlyList<double> probabilities,
        int chosen,
        (double Alpha, double Beta) lambda,
        (double Alpha, double Beta) threshold)
    {
        var distribution = new Distribution();
        distribution.Methods.AddRange(Methods.Zip(
            probabilities,
            (method, probability) => new Distribution.Types.MethodProbability { Method = method.Method, Probability = probability }));
        if (Methods[chosen].UsesLambda)
        {
            distribution.Lambda = LambdaRange.Beta(lambda.Alpha, lambda.Beta);
        }

        if (Methods[chosen].UsesThreshold)
        {
            distribution.Threshold = ThresholdRange.Beta(threshold.Alpha, threshold.Beta);
        }

        return distribution;
    }

    private double? LambdaOf(Choice choice) => (choice.LambdaCase, _fixedLambda) switch
    {
        (Choice.LambdaOneofCase.LambdaAlpha, false) => choice.LambdaAlpha,
        (Choice.LambdaOneofCase.LambdaValue, true) => choice.LambdaValue,
        _ => null,
    };
}
