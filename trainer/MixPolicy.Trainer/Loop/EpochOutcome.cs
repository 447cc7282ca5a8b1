using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MixPolicy.Client;
using MixPolicy.Trainer.Evaluation;
using MixPolicy.Trainer.Records;
using MixPolicy.Trainer.Training;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Loop;

/// <summary>What came of one epoch, and how it is told: to the agent as a report, to people as a line.</summary>
/// <param name="Epoch">From 0; the agent's interval.</param>
/// <param name="HeldOut">Null without held-out images.</param>
/// <param name="SecondsDecide">Time the decision was waited for.</param>
internal sealed record EpochOutcome(int Epoch, Steering Steering, EpochResult Training, EvaluationResult? HeldOut, EvaluationResult Test, double SecondsDecide)
{
    // Nats. About what single precision gives an image that is surely wrong: -log of its smallest number.
    private const double ExplodedLoss = 100;

    public Report Report(int epochs)
    {
        var report = new Report
        {
            Progress = (Epoch + 1.0) / epochs,
            TrainLoss = Training.TrainLoss,
            TrainTop1Weighted = Training.TrainTop1Weighted,
            GradientNorm = Training.GradientNorm,
            LearningRate = Training.LearningRate,
            TestTop1 = Test.Top1,
            Timing = new()
            {
                Train = Duration(Training.SecondsTrain),
                Saliency = Duration(Training.SecondsSaliency),
                Mix = Duration(Training.SecondsMix),
                Decide = Duration(SecondsDecide),
                Images = Training.Images,
            },
        };
        if (HeldOut is { } heldOut)
        {
            report.HoldoutTop1 = heldOut.Top1;
        }

        // A network on its way to divergence may have infinite losses; the agent takes only numbers.
        if (Finite(HeldOut?.Ece) is { } holdoutEce)
        {
            report.HoldoutEce = holdoutEce;
        }

        if (HeldOut?.Loss is { } holdoutLoss)
        {
            // A learning agent cannot do without it, and an exploded epoch is one to learn from.
            report.HoldoutLoss = double.IsFinite(holdoutLoss) ? holdoutLoss : ExplodedLoss;
        }

        if (Finite(Test.Loss) is { } testLoss)
        {
            report.TestLoss = testLoss;
        }

        if (Training.GradientSimilarity is { } similarity)
        {
            report.GradientSimilarity = similarity;
        }

        return report;
    }

    public EpochRecord Record() => new(
        new()
        {
            Epoch = Epoch,
            DecisionId = Steering.Decision?.Name,
            PolicyVersion = Training.Batches?.PolicyVersion ?? Steering.Decision?.PolicyVersion,
            Method = MethodNames.Of(Steering.Choice.Method),
            LambdaAlpha = EpochMetrics.AlphaOf(Steering.Choice),
            Lambda = EpochMetrics.LambdaOf(Steering.Choice),
            Threshold = Training.Batches?.Percentile ?? EpochMetrics.ThresholdOf(Steering.Choice),
            Fallback = Steering.IsFallback && !Steering.MixupOff,
            MixupOff = Steering.MixupOff,
            Reward = Training.Batches?.Reward,
            BatchesDecided = Training.Batches?.Decided,
            BatchesPublished = Training.Batches?.Published,
            BatchesUnasked = Training.Batches?.Unasked,
            TrainLoss = Training.TrainLoss,
            TrainTop1Weighted = Training.TrainTop1Weighted,
            HoldoutLoss = Finite(HeldOut?.Loss),
            HoldoutTop1 = HeldOut?.Top1,
            TestLoss = Finite(Test.Loss),
            TestTop1 = Test.Top1,
            TestTop5 = Test.Top5,
            Ece = Finite(Test.Ece),
            LearningRate = Training.LearningRate,
            SecondsTrain = Training.SecondsTrain,
            SecondsSaliency = Training.SecondsSaliency,
            SecondsMix = Training.SecondsMix,
            SecondsDecide = SecondsDecide,
            SecondsWait = Training.Batches?.SecondsWait,
        },
        Steering.Choice.ToByteArray(),
        Steering.Decision?.ToByteArray())
    {
        BatchRewards = Training.Batches is { } batches ? BatchCurve.Of(batches.Rewards) : null,
    };

    private static double? Finite(double? measured) => measured is { } value && double.IsFinite(value) ? value : null;

    private static Duration Duration(double seconds) => Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds));
}
