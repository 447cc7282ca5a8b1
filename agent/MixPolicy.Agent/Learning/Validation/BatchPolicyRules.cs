using MixPolicy.Agent.Policies;
using MixPolicy.V1;

namespace MixPolicy.Agent.Learning.Validation;

/// <summary>What the specs of the batch policies must look like.</summary>
internal static class BatchPolicyRules
{
    // 32 MB of float32: an observation must fit in a message.
    private const long MostNumbers = 8_000_000;

    /// <summary>Numbers that one update may hold, 1.6 GB of float32: arrays and tensors of more than 2 GB cannot be laid out.</summary>
    public const long MostLearned = 400_000_000;

    public static void Check(RlMixPolicy policy, Violations violations)
    {
        violations.Range("rl_mix.images", policy.Images, 1, 1024);
        violations.Range("rl_mix.classes", policy.Classes, 2, 100_000);
        violations.Range("rl_mix.patches", policy.Patches, 4, 32);
        var numbers = policy.Images * (policy.Classes + ((long)policy.Patches * policy.Patches));
        if (numbers > MostNumbers)
        {
            violations.Add("rl_mix.images", Violation.Text(policy.Images), $"so many that images x (classes + patches^2), here {numbers}, is at most {MostNumbers}");
        }
        else if (policy.Ppo.Rollout * numbers > MostLearned)
        {
            violations.Add(
                "rl_mix.ppo.rollout", Violation.Text(policy.Ppo.Rollout),
                $"so many that rollout x images x (classes + patches^2), here {policy.Ppo.Rollout * numbers}, is at most {MostLearned}; with these images at most {MostLearned / Math.Max(1, numbers)}");
        }

        CheckShared("rl_mix", policy.Bins, policy.LambdaAlpha, policy.UpdateLag, policy.Ppo, violations);
    }

    public static void Check(RlMixSetPolicy policy, ActionSpace space, Violations violations)
    {
        violations.Range("rl_mix_set.patches", policy.Patches, 2, 32);
        CheckShared("rl_mix_set", policy.Bins, policy.LambdaAlpha, policy.UpdateLag, policy.Ppo, violations);
        for (var i = 0; policy.ChooseMethod && i < space.Methods.Count; i++)
        {
            if (MethodTable.Find(space.Methods[i]) is { UsesThreshold: false } method)
            {
                violations.Add(
                    $"action_space.methods[{i}]", MethodRules.Text(method.Method),
                    $"{string.Join(", ", MethodTable.WithThreshold.Select(MethodRules.Text))}: rl_mix_set chooses among methods that use a threshold");
            }
        }
    }

    private static void CheckShared(string field, int bins, double lambdaAlpha, int updateLag, PpoPolicy ppo, Violations violations)
    {
        violations.Range($"{field}.bins", bins, 2, 100);
        violations.Range($"{field}.lambda_alpha", lambdaAlpha, ChoiceRules.SmallestAlpha, ChoiceRules.LargestAlpha);
        AgentSpecRules.Check($"{field}.ppo", ppo, violations);
        if (updateLag < 0 || updateLag >= Math.Max(1, ppo.Rollout))
        {
            // One that is due later would be waited for where the next rollout is full: a stall in the middle of the training, and no lag beyond that.
            violations.Add($"{field}.update_lag", Violation.Text(updateLag), $"0 to {Math.Max(0, ppo.Rollout - 1)}: less than {field}.ppo.rollout, whose next update must not start before this one is adopted");
        }
    }
}
