using MixPolicy.V1;

namespace MixPolicy.Agent.Learning.Validation;

/// <summary>What an agent's spec must look like.</summary>
public static class AgentSpecRules
{
    /// <summary>What is wrong with a spec; empty if nothing.</summary>
    /// <param name="spec">Defaults filled in: see <see cref="AgentSpecDefaults.Fill"/>.</param>
    /// <param name="path">Where the spec lies in the request, for the field names.</param>
    public static IReadOnlyList<Violation> Check(AgentSpec spec, string path = "spec")
    {
        var violations = new Violations(path);
        CheckMethods(spec.ActionSpace, violations);
        CheckRanges(spec.ActionSpace, violations);
        if (spec.Reward is < Reward.HeldOutImprovement or > Reward.Client)
        {
            violations.Add("reward", Violation.Text((int)spec.Reward), "a value of the enum Reward");
        }

        switch (spec.PolicyCase)
        {
            case AgentSpec.PolicyOneofCase.Ppo:
                Check("ppo", spec.Ppo, violations);
                break;
            case AgentSpec.PolicyOneofCase.Fixed:
                violations.AddAll(ChoiceRules.Check(spec.Fixed.Choice, Join(path, "fixed.choice")));
                break;
            case AgentSpec.PolicyOneofCase.Schedule:
                Check(spec.Schedule, path, violations);
                break;
            case AgentSpec.PolicyOneofCase.Bandit:
                violations.Range("bandit.lambda_bins", spec.Bandit.LambdaBins, 1, 20);
                violations.Range("bandit.threshold_bins", spec.Bandit.ThresholdBins, 1, 20);
                violations.Positive("bandit.discount", spec.Bandit.Discount, 1);
                break;
            case AgentSpec.PolicyOneofCase.RlMix:
                BatchPolicyRules.Check(spec.RlMix, violations);
                break;
            case AgentSpec.PolicyOneofCase.RlMixSet:
                BatchPolicyRules.Check(spec.RlMixSet, spec.ActionSpace, violations);
                break;
        }

        return violations.List;
    }

    internal static void Check(string field, PpoPolicy ppo, Violations violations)
    {
        violations.Range($"{field}.rollout", ppo.Rollout, 2, 4096);
        violations.Range($"{field}.gamma", ppo.Gamma, 0, 1);
        violations.Range($"{field}.gae_lambda", ppo.GaeLambda, 0, 1);
        violations.Positive($"{field}.learning_rate", ppo.LearningRate, 1);
        violations.Range($"{field}.epochs", ppo.Epochs, 1, 100);
        violations.Range($"{field}.minibatch", ppo.Minibatch, 1, Math.Max(1, ppo.Rollout));
        violations.Positive($"{field}.clip", ppo.Clip, 1);
        violations.Range($"{field}.entropy", ppo.Entropy, 0, 1);
        violations.Range($"{field}.value_coefficient", ppo.ValueCoefficient, 0, 10);
    }

    private static void CheckMethods(ActionSpace space, Violations violations)
    {
        var seen = new HashSet<Method>();
        for (var i = 0; i < space.Methods.Count; i++)
        {
            var method = space.Methods[i];
            if (Policies.MethodTable.Find(method) is null || !seen.Add(method))
            {
                violations.Add($"action_space.methods[{i}]", MethodRules.Text(method), $"{MethodRules.Allowed}; none twice");
            }
        }
    }

    private static void CheckRanges(ActionSpace space, Violations violations)
    {
        var (lowest, highest) = space.Lambda.Kind == LambdaSpace.Types.Kind.Value ? (0.0, 1.0) : (ChoiceRules.SmallestAlpha, ChoiceRules.LargestAlpha);
        if (space.Lambda.Kind is not (LambdaSpace.Types.Kind.Alpha or LambdaSpace.Types.Kind.Value))
        {
            violations.Add("action_space.lambda.kind", Violation.Text((int)space.Lambda.Kind), "ALPHA, VALUE");
        }

        CheckRange("action_space.lambda", space.Lambda.Min, space.Lambda.Max, lowest, highest, violations);
        CheckRange("action_space.threshold", space.Threshold.Min, space.Threshold.Max, 0, ChoiceRules.LargestPercentile, violations);
        violations.Range("action_space.threshold.spread", space.Threshold.Spread, 0, ChoiceRules.LargestPercentile);
    }

    private static void CheckRange(string field, double min, double max, double lowest, double highest, Violations violations)
    {
        violations.Range($"{field}.min", min, lowest, highest);
        violations.Range($"{field}.max", max, lowest, highest);
        if (min >= max)
        {
            violations.Add($"{field}.min", Violation.Text(min), $"a number below {field}.max, which is {Violation.Text(max)}");
        }
    }

    private static void Check(V1.SchedulePolicy schedule, string path, Violations violations)
    {
        if (schedule.Entries.Count == 0)
        {
            violations.Add("schedule.entries", "empty", "at least one entry");
        }

        for (var i = 0; i < schedule.Entries.Count; i++)
        {
            var entry = schedule.Entries[i];
            var field = $"schedule.entries[{i}]";
            if (i == 0 ? entry.FromInterval != 0 : entry.FromInterval <= schedule.Entries[i - 1].FromInterval)
            {
                violations.Add(
                    $"{field}.from_interval",
                    Violation.Text(entry.FromInterval),
                    i == 0 ? "0, in the first entry" : $"an integer above {schedule.Entries[i - 1].FromInterval}, that of the entry before");
            }

            violations.AddAll(ChoiceRules.Check(entry.Choice, Join(path, $"{field}.choice")));
        }
    }

    private static string Join(string path, string field) => path.Length == 0 ? field : $"{path}.{field}";
}
