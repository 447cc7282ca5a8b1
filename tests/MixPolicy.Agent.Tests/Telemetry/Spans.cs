using System.Collections.Concurrent;
using System.Diagnostics;

namespace MixPolicy.Agent.Tests.Telemetry;

/// <summary>The spans of one trace, begun by the test.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ActivitySource _source = new($"test-{Guid.NewGuid():N}");
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _started = new();

    public Spans()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == _source.Name || source.Name is "MixPolicy.Agent" or "Microsoft.AspNetCore" or "Microsoft.Orleans.Application" or "Grpc.Net.Client" or "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = _started.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public Activity Begin() => _source.StartActivity("test")!;

    /// <summary>The spans from one up to where its trace began: that one first.</summary>
    public IReadOnlyList<Activity> Upwards(Activity root, string name)
    {
        var trace = _started.Where(span => span.TraceId == root.TraceId).ToList();
        var chain = new List<Activity> { trace.First(span => span.OperationName == name) };
        while (trace.Find(span => span.SpanId == chain[^1].ParentSpanId) is { } parent)
        {
            chain.Add(parent);
        }

        return chain;
    }

    public bool Any(Activity root, string name) => _started.Any(span => span.TraceId == root.TraceId && span.OperationName == name);

    public void Dispose()
    {
        _listener.Dispose();
        _source.Dispose();
    }
}
