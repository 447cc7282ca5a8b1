using MixPolicy.Agent.Policies;
using MixPolicy.V1;

namespace MixPolicy.Agent.Learning;

/// <summary>What was done in an interval, as the observation shows it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Lambda">Where its lambda lies in the action space, in [0, 1]; null if it has none there.</param>
/// <param name="Threshold">Center of the band of saliency percentiles, in [0, 0.99]; null if it has none.</param>
public sealed record PastAction(Method Method, double? Lambda, double? Threshold)
{
    // The published grid spreads over all of [0, 0.99].
    private const double GridCenter = 0.495;

    public static PastAction Of(Choice choice, ChoiceSpace space) => new(
        choice.Method,
        space.UnitLambda(choice),
        choice.ThresholdCase switch
        {
            Choice.ThresholdOneofCase.ThresholdBand => choice.ThresholdBand.Center,
            Choice.ThresholdOneofCase.ThresholdGrid => GridCenter,
            _ => null,
        });
}

/// <summary>The last report of a run, as the observation and the reward need it.</summary>
public sealed record PastReport(
    double Progress,
    double LearningRate,
    double TrainLoss,
    double TrainTop1,
    double? HoldoutLoss,
    double? HoldoutTop1,
    double? HoldoutEce,
    double? GradientNorm,
    double TrainLossBefore,
    double? HoldoutLossBefore,
    PastAction Action,
    bool Fallback,
    double? Reward);

/// <summary>What the agent remembers of one run: enough for the next observation and the next reward.</summary>
public sealed record RunMemory(int Intervals, int Classes, double InitialHoldoutLoss, double PeakLearningRate)
{
    /// <summary>Intervals reported so far: the next to decide, or the one that is open.</summary>
    public int Interval { get; init; }

    /// <summary>What was decided for <see cref="Interval"/>; null if nothing is open.</summary>
    public PastAction? Open { get; init; }

    /// <summary>The last report; null before the first.</summary>
    public PastReport? Last { get; init; }

    /// <summary>Gradient norm of the first report that had one.</summary>
    public double? FirstGradientNorm { get; init; }

    /// <summary>Loss of a guess, in nats: the scale of all losses.</summary>
    public double GuessLoss => Math.Log(Classes);

    /// <summary>Training loss of the last interval, or that of a guess.</summary>
    public double TrainLoss => Last?.TrainLoss ?? GuessLoss;

    /// <summary>Held-out loss after the last interval; before the first, that before training; null if the last report lacked it.</summary>
    public double? HoldoutLoss => Last is null ? InitialHoldoutLoss : Last.HoldoutLoss;

    public static RunMemory Start(RunSpec spec) => new(
        spec.Intervals,
        spec.Classes,
        spec.HasInitialHoldoutLoss ? spec.InitialHoldoutLoss : Math.Log(spec.Classes),
        spec.PeakLearningRate);

    /// <summary>The memory after a report.</summary>
    /// <param name="report">A valid report of the open interval.</param>
    /// <param name="reward">What it earned; null for a fallback.</param>
    public RunMemory After(Report report, double? reward, ChoiceSpace space) => this with
    {
        Interval = Interval + 1,
        Open = null,
        FirstGradientNorm = FirstGradientNorm ?? (report.HasGradientNorm ? report.GradientNorm : null),
        Last = new(
            report.Progress,
            report.LearningRate,
            report.TrainLoss,
            report.TrainTop1Weighted,
            report.HasHoldoutLoss ? report.HoldoutLoss : null,
            report.HasHoldoutTop1 ? report.HoldoutTop1 : null,
            report.HasHoldoutEce ? report.HoldoutEce : null,
            report.HasGradientNorm ? report.GradientNorm : null,
            TrainLoss,
            HoldoutLoss,
            report.Fallback is null ? Open! : PastAction.Of(report.Fallback, space),
            report.Fallback is not null,
            reward),
    };
}
