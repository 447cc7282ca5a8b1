using MixPolicy.V1;

namespace MixPolicy.Agent.Learning.Validation;

/// <summary>What a run's spec must look like.</summary>
public static class RunSpecRules
{
    private const int LongestText = 200;
    private const int MostLabels = 64;

    /// <summary>What is wrong with a spec; empty if nothing.</summary>
    /// <param name="path">Where the spec lies in the request, for the field names.</param>
    public static IReadOnlyList<Violation> Check(RunSpec spec, string path = "spec")
    {
        var violations = new Violations(path);
        violations.Range("intervals", spec.Intervals, 1, 1_000_000);
        violations.Range("classes", spec.Classes, 2, int.MaxValue);
        if (spec.HasInitialHoldoutLoss)
        {
            violations.Positive("initial_holdout_loss", spec.InitialHoldoutLoss);
        }

        violations.Positive("peak_learning_rate", spec.PeakLearningRate);
        violations.Length("dataset", spec.Dataset, LongestText);
        violations.Length("network", spec.Network, LongestText);
        if (spec.Labels.Count > MostLabels)
        {
            violations.Add("labels", $"{spec.Labels.Count} entries long", $"at most {MostLabels} entries");
        }

        foreach (var (key, value) in spec.Labels)
        {
            violations.Length("labels (key)", key, LongestText);
            violations.Length($"labels[\"{(key.Length <= LongestText ? key : key[..LongestText])}\"]", value, LongestText);
        }

        return violations.List;
    }
}
