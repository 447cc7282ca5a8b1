using System.Diagnostics;

namespace MixPolicy.Trainer.Telemetry;

/// <summary>The trainer's spans. Where nobody listens there are none.</summary>
internal static class TrainerTracing
{
    public const string SourceName = "MixPolicy.Trainer";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>An epoch, as a trace of its own.</summary>
    public static Activity? Epoch(string run, int epoch) => Source.StartActivity("epoch")?.SetTag("mixpolicy.run.name", run).SetTag("mixpolicy.epoch", epoch);

    /// <summary>The epoch's work on the model thread, to where its context does not flow.</summary>
    public static Activity? Train(Activity? epoch) => epoch is null ? null : Source.StartActivity("train", ActivityKind.Internal, epoch.Context);
}
