using MixPolicy.V1;

namespace MixPolicy.Agent.Learning;

/// <summary>How a report becomes a reward. See the comments of <see cref="Reward"/> in agents.proto.</summary>
/// <param name="kind">A named reward.</param>
/// <param name="baseline">Expected held-out improvement; read and updated by <see cref="Reward.HeldOutImprovement"/> only.</param>
public sealed class RewardRule(Reward kind, ProgressBaseline baseline)
{
    // A loss below this counts as this: the log ratio stays finite.
    private const double SmallestLoss = 1e-8;

    /// <summary>The reward of a report, or null if the report, or the one before, lacks what it needs.</summary>
    /// <param name="run">The run before the report.</param>
    /// <param name="report">A valid report of an interval that ran as decided.</param>
    public double? Of(RunMemory run, Report report) => kind switch
    {
        Reward.HeldOutImprovement => run.HoldoutLoss is { } before && report.HasHoldoutLoss
            ? BeyondExpectation(report.Progress, Math.Log(Math.Max(before, SmallestLoss)) - Math.Log(Math.Max(report.HoldoutLoss, SmallestLoss)))
            : null,
        Reward.GradientSimilarity => report.HasGradientSimilarity ? report.GradientSimilarity : null,
        // r_k = (T_{k-1} - T_k) / log K
        Reward.LossDrop => Math.Clamp((run.TrainLoss - report.TrainLoss) / run.GuessLoss, -1, 1),
        Reward.Client => report.HasClientReward ? report.ClientReward : null,
        _ => throw new InvalidOperationException($"No reward named {kind}."),
    };

    /// <summary>r_k = log(L_{k-1} / L_k) - m(progress), cut to [-1, 1]; m takes in the improvement after it was used.</summary>
    private double BeyondExpectation(double progress, double improvement)
    {
        var reward = Math.Clamp(improvement - baseline.At(progress), -1, 1);
        baseline.Add(progress, improvement);
        return reward;
    }
}
