using System.Diagnostics.Metrics;
using MixPolicy.Agent.Telemetry;
using MixPolicy.Client;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Telemetry;

/// <summary>What a training measures when an epoch ends. docs/telemetry.md says what each instrument means; a test compares the two.</summary>
internal sealed class TrainerMetrics : IDisposable
{
    public const string MeterName = "MixPolicy.Trainer";

    private static readonly InstrumentAdvice<double> Durations = new() { HistogramBucketBoundaries = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800] };

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _epochs;
    private readonly Counter<long> _fallbacks;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _wait;
    private readonly Counter<long> _images;
    private readonly Counter<long> _batches;
    private readonly Gauge<double> _loss;
    private readonly Gauge<double> _heldOut;
    private readonly Gauge<double> _test;

    public TrainerMetrics()
    {
        _epochs = _meter.CreateCounter<long>("mixpolicy.trainer.epochs", "{epoch}", "Epochs trained.");
        _fallbacks = _meter.CreateCounter<long>("mixpolicy.trainer.fallbacks", "{epoch}", "Epochs trained without the agent.");
        _duration = _meter.CreateHistogram("mixpolicy.trainer.epoch.duration", "s", "Training on the batches of an epoch.", advice: Durations);
        _wait = _meter.CreateHistogram("mixpolicy.trainer.decision.wait", "s", "How long the decision of an epoch was waited for.", advice: Durations);
        _images = _meter.CreateCounter<long>("mixpolicy.trainer.images", "{image}", "Images trained on.");
        _batches = _meter.CreateCounter<long>("mixpolicy.trainer.batches", "{batch}", "Batches of a batch policy.");
        _loss = _meter.CreateGauge<double>("mixpolicy.trainer.train.loss", "{nat}", "Mean training loss of the last epoch.");
        _heldOut = _meter.CreateGauge<double>("mixpolicy.trainer.holdout.top1", "1", "Top-1 on held-out images after the last epoch.");
        _test = _meter.CreateGauge<double>("mixpolicy.trainer.test.top1", "1", "Top-1 on the test set after the last epoch.");
    }

    public Meter Meter => _meter;

    /// <param name="images">Images trained on in the epoch.</param>
    public void EpochEnded(EpochMetrics epoch, long images)
    {
        var method = new KeyValuePair<string, object?>(Labels.Method, Labels.Of(MethodNames.Find(epoch.Method)!.Value));
        _epochs.Add(1, method);
        // Also a zero: a count that first appears as one looks to Prometheus as if it had always been there.
        _fallbacks.Add(epoch.Fallback ? 1 : 0);
        _duration.Record(epoch.SecondsTrain, method);
        _wait.Record(epoch.SecondsDecide);
        _images.Add(images);
        Batches("decided", epoch.BatchesDecided);
        Batches("published", epoch.BatchesPublished);
        Batches("unasked", epoch.BatchesUnasked);
        _loss.Record(epoch.TrainLoss);
        _test.Record(epoch.TestTop1);
        if (epoch.HoldoutTop1 is { } heldOut)
        {
            _heldOut.Record(heldOut);
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Batches(string source, long? count)
    {
        if (count is > 0)
        {
            _batches.Add(count.Value, new KeyValuePair<string, object?>("mixpolicy.batch.source", source));
        }
    }
}
