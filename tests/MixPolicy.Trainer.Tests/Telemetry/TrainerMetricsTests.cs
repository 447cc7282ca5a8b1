using MixPolicy.Testing;
using MixPolicy.Trainer.Records;
using MixPolicy.Trainer.Telemetry;

namespace MixPolicy.Trainer.Tests.Telemetry;

public sealed class TrainerMetricsTests
{
    private static EpochMetrics Epoch => new()
    {
        Epoch = 3,
        Method = "rmix",
        TrainLoss = 1.25,
        TrainTop1Weighted = 0.5,
        HoldoutTop1 = 0.625,
        TestTop1 = 0.75,
        TestTop5 = 0.9,
        LearningRate = 0.1,
        SecondsTrain = 8,
        SecondsSaliency = 0,
        SecondsMix = 0,
        SecondsDecide = 0.5,
        BatchesDecided = 7,
        BatchesPublished = 2,
        BatchesUnasked = 0,
    };

    [Fact]
    public void Epoch_Ended_IsMeasuredAsTheDocumentSays()
    {
        using var metrics = new TrainerMetrics();
        using var measured = new Measured(metrics.Meter);
        metrics.EpochEnded(Epoch, images: 180);
        metrics.EpochEnded(Epoch with { Method = "vanilla", Fallback = true }, images: 180);

        measured.Sum("mixpolicy.trainer.epochs", ("mixpolicy.method", "r_mix")).ShouldBe(1);
        measured.Sum("mixpolicy.trainer.epochs", ("mixpolicy.method", "vanilla")).ShouldBe(1);
        measured.Of("mixpolicy.trainer.fallbacks").ShouldBe([0, 1]);
        measured.Of("mixpolicy.trainer.epoch.duration").ShouldBe([8, 8]);
        measured.Of("mixpolicy.trainer.decision.wait").ShouldBe([0.5, 0.5]);
        measured.Sum("mixpolicy.trainer.images").ShouldBe(360);
        measured.Sum("mixpolicy.trainer.batches", ("mixpolicy.batch.source", "decided")).ShouldBe(14);
        measured.Sum("mixpolicy.trainer.batches", ("mixpolicy.batch.source", "published")).ShouldBe(4);
        measured.Of("mixpolicy.trainer.batches", ("mixpolicy.batch.source", "unasked")).ShouldBeEmpty();
        measured.Of("mixpolicy.trainer.train.loss").ShouldBe([1.25, 1.25]);
        measured.Of("mixpolicy.trainer.holdout.top1").ShouldBe([0.625, 0.625]);
        measured.Of("mixpolicy.trainer.test.top1").ShouldBe([0.75, 0.75]);

        var documented = MetricsDocument.Read().Where(metric => metric.Name.StartsWith("mixpolicy.trainer.", StringComparison.Ordinal)).ToList();
        documented.Select(metric => (metric.Name, metric.Kind, metric.Unit)).ShouldBe(measured.Definitions, ignoreOrder: true);
        documented.ShouldAllBe(metric => metric.Labels.Order().SequenceEqual(measured.LabelsOf(metric.Name).Order()));
    }
}
