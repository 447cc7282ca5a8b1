using MixPolicy.Agent.Policies;
using MixPolicy.V1;

namespace MixPolicy.Agent.Learning.Validation;

/// <summary>What a choice that comes from outside must look like.</summary>
internal static class ChoiceRules
{
    internal const double SmallestAlpha = 0.001;
    internal const double LargestAlpha = 100;
    internal const double LargestPercentile = 0.99;

    /// <summary>The published setting, where nothing but the method is named.</summary>
    public static Choice WithDefaults(Choice? choice)
    {
        choice = choice?.Clone() ?? new();
        return choice.Equals(new Choice { Method = choice.Method }) && MethodTable.Find(choice.Method) is { } method ? method.Published.Clone() : choice;
    }

    public static IReadOnlyList<Violation> Check(Choice choice, string path)
    {
        var violations = new Violations(path);
        if (MethodTable.Find(choice.Method) is not { } method)
        {
            violations.Add("method", MethodRules.Text(choice.Method), MethodRules.Allowed);
            return violations.List;
        }

        CheckLambda(choice, method, violations);
        CheckThreshold(choice, method, violations);
        if (choice.HasProbability)
        {
            violations.Range("probability", choice.Probability, 0, 1);
        }

        return violations.List;
    }

    private static void CheckLambda(Choice choice, MethodEntry method, Violations violations)
    {
        var unset = choice.LambdaCase == Choice.LambdaOneofCase.None;
        if (unset && method.UsesLambda && method.Published.LambdaCase == Choice.LambdaOneofCase.None)
        {
            // As published: the method's own draw stands in for lambda.
            return;
        }

        if (method.UsesLambda == unset)
        {
            violations.Add(
                method.UsesLambda ? "lambda_alpha" : "lambda",
                method.UsesLambda ? "unset" : "set",
                method.UsesLambda
                    ? $"lambda_alpha or lambda_value, which {method.Name} uses; or only the method, for its published setting"
                    : $"unset: {method.Name} does not use lambda");
        }
        else if (choice.HasLambdaAlpha)
        {
            violations.Range("lambda_alpha", choice.LambdaAlpha, SmallestAlpha, LargestAlpha);
        }
        else if (choice.HasLambdaValue)
        {
            violations.Range("lambda_value", choice.LambdaValue, 0, 1);
        }
    }

    private static void CheckThreshold(Choice choice, MethodEntry method, Violations violations)
    {
        if (method.UsesThreshold != (choice.ThresholdCase != Choice.ThresholdOneofCase.None))
        {
            violations.Add(
                method.UsesThreshold ? "threshold_band" : "threshold",
                method.UsesThreshold ? "unset" : "set",
                method.UsesThreshold
                    ? $"threshold_band or threshold_grid, which {method.Name} uses; or only the method, for its published setting"
                    : $"unset: {method.Name} does not use a threshold");
        }
        else if (choice.ThresholdPerBatch is not null)
        {
            violations.Add("threshold_per_batch", "set", "threshold_band or threshold_grid: only agents with a batch policy (rl_mix, rl_mix_set) decide thresholds batch by batch");
        }
        else if (choice.ThresholdBand is { } band)
        {
            violations.Range("threshold_band.center", band.Center, 0, LargestPercentile);
            violations.Range("threshold_band.spread", band.Spread, 0, LargestPercentile);
        }
        else if (choice.ThresholdGrid is { } grid)
        {
            violations.Range("threshold_grid.points", grid.Points, 1, 100);
        }
    }
}
