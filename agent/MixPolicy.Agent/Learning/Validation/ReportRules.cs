using Google.Protobuf.WellKnownTypes;
using MixPolicy.V1;

namespace MixPolicy.Agent.Learning.Validation;

/// <summary>What a report must look like. A refused report leaves the run as it was.</summary>
public static class ReportRules
{
    /// <summary>What is wrong with a report; empty if nothing.</summary>
    /// <param name="spec">The agent's spec, defaults filled in: an agent that learns needs what its reward is made of.</param>
    /// <param name="decision">Name of the decision that is open.</param>
    /// <param name="progress">Progress of the run's last report, 0 before the first.</param>
    /// <param name="path">Where the report lies in the request, for the field names.</param>
    public static IReadOnlyList<Violation> Check(Report report, AgentSpec spec, string decision, double progress, string path = "report")
    {
        var violations = new Violations(path);
        if (report.Decision != decision)
        {
            violations.Add("decision", $"\"{report.Decision}\"", $"\"{decision}\", the decision that is open");
        }

        if (report.Fallback is { } fallback)
        {
            violations.AddAll(ChoiceRules.Check(fallback, path.Length == 0 ? "fallback" : $"{path}.fallback"));
        }

        if (!(report.Progress > progress && report.Progress <= 1))
        {
            violations.Add(
                "progress",
                Violation.Text(report.Progress),
                $"a number in ({Violation.Text(progress)}, 1]: it grows from report to report");
        }

        CheckLosses(report, violations);
        CheckRewardSources(report, violations);
        CheckTiming(report.Timing, violations);
        if (Missing(report, spec) is var (field, reward))
        {
            violations.Add(field, "unset", $"set, for the agent learns from {reward}");
        }

        return violations.List;
    }

    private static void CheckLosses(Report report, Violations violations)
    {
        violations.NotNegative("train_loss", report.TrainLoss);
        violations.Range("train_top1_weighted", report.TrainTop1Weighted, 0, 1);
        violations.NotNegative("learning_rate", report.LearningRate);
        if (report.HasHoldoutLoss)
        {
            violations.NotNegative("holdout_loss", report.HoldoutLoss);
        }

        if (report.HasHoldoutTop1)
        {
            violations.Range("holdout_top1", report.HoldoutTop1, 0, 1);
        }

        if (report.HasHoldoutEce)
        {
            violations.Range("holdout_ece", report.HoldoutEce, 0, 1);
        }

        if (report.HasGradientNorm)
        {
            violations.NotNegative("gradient_norm", report.GradientNorm);
        }

        if (report.HasTestLoss)
        {
            violations.NotNegative("test_loss", report.TestLoss);
        }

        if (report.HasTestTop1)
        {
            violations.Range("test_top1", report.TestTop1, 0, 1);
        }
    }

    private static void CheckRewardSources(Report report, Violations violations)
    {
        if (report.HasGradientSimilarity)
        {
            violations.Range("gradient_similarity", report.GradientSimilarity, -1, 1);
        }

        if (report.HasClientReward)
        {
            violations.Range("client_reward", report.ClientReward, -1e6, 1e6);
        }
    }

    private static void CheckTiming(ReportTiming? timing, Violations violations)
    {
        if (timing is null)
        {
            return;
        }

        CheckTime("timing.train", timing.Train, violations);
        CheckTime("timing.saliency", timing.Saliency, violations);
        CheckTime("timing.mix", timing.Mix, violations);
        CheckTime("timing.decide", timing.Decide, violations);
        violations.Range("timing.images", timing.Images, 0, long.MaxValue);
    }

    private static void CheckTime(string field, Duration? time, Violations violations)
    {
        // A duration as its own definition asks for: at most 10,000 years, nanoseconds below a second.
        if (time is not null && (time.Seconds is < 0 or > 315_576_000_000 || time.Nanos is < 0 or > 999_999_999))
        {
            violations.Add(field, $"{time.Seconds} s and {time.Nanos} ns", "a duration of at least 0");
        }
    }

    /// <summary>
    /// What the reward of a learning agent lacks. After a fallback too the held-out loss is needed, for the next reward starts from it; the others
    /// belong to the decision that was not carried out.
    /// </summary>
    private static (string Field, string Reward)? Missing(Report report, AgentSpec spec)
    {
        var learns = !spec.Frozen && spec.PolicyCase is AgentSpec.PolicyOneofCase.Ppo or AgentSpec.PolicyOneofCase.Bandit;
        return (learns ? spec.Reward : Reward.Unspecified) switch
        {
            Reward.HeldOutImprovement when !report.HasHoldoutLoss => ("holdout_loss", "held-out improvement"),
            Reward.GradientSimilarity when !report.HasGradientSimilarity && report.Fallback is null => ("gradient_similarity", "gradient similarity"),
            Reward.Client when !report.HasClientReward && report.Fallback is null => ("client_reward", "the client's reward"),
            _ => null,
        };
    }
}
