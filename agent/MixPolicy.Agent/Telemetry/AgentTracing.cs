using System.Diagnostics;
using MixPolicy.Agent.Contract;

namespace MixPolicy.Agent.Telemetry;

/// <summary>The service's own spans. Where nobody listens each is one comparison.</summary>
internal static class AgentTracing
{
    public const string SourceName = "MixPolicy.Agent";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>
    /// One message of a stream. The headers of a stream say only who opened it, so a message brings the trace it belongs to; without one, or with one that
    /// is not readable, it belongs to its stream's.
    /// </summary>
    public static Activity? Message(string name, string traceParent, string run)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var stream = Activity.Current;
        var span = ActivityContext.TryParse(traceParent, null, isRemote: true, out var caller)
            ? Source.StartActivity(name, ActivityKind.Server, caller, links: stream is null ? null : [new(stream.Context)])
            : Source.StartActivity(name, ActivityKind.Server);
        return span?.SetTag(Labels.Run, run);
    }

    /// <summary>Work on a model thread, to where the context of whoever asked does not flow. Nothing for work that nobody asked for.</summary>
    public static Activity? OnModelThread(string name, Activity? asker) =>
        asker is not null && Source.HasListeners() ? Source.StartActivity(name, ActivityKind.Internal, asker.Context) : null;

    /// <summary>A transaction of the log.</summary>
    public static Activity? Commit() =>
        Source.HasListeners() ? Source.StartActivity("commit", ActivityKind.Client)?.SetTag("db.system.name", "sqlite") : null;

    public static void Failed(this Activity? span, Exception e) =>
        span?.SetStatus(ActivityStatusCode.Error, e is RefusalException refusal ? $"{refusal.Code}" : e.GetType().Name);
}
