using System.Diagnostics;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Telemetry;
using MixPolicy.Agent.Tests.Crash;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.Testing;

namespace MixPolicy.Agent.Tests.Telemetry;

/// <summary>What leaves the service by OTLP.</summary>
public sealed class ExportTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Service_WithAReceiver_SendsMetricsTracesAndEachLogLineOnce(string protocol)
    {
        await using var receiver = await OtlpReceiver.StartAsync(TestContext.Current.CancellationToken);
        using var service = new ServiceProcess(Sending(protocol == "grpc" ? receiver.GrpcAddress : receiver.HttpAddress, protocol));
        await DecideAsync(service, intervals: 4);
        await UntilAsync(() => receiver.Count("metrics", "mixpolicy.agent.decision.duration") > 0 && receiver.Count("metrics", "mixpolicy.experiment.reward") > 0);
        await UntilAsync(() => receiver.Spans().Count(span => span.Name == "commit") >= 4 && receiver.Count("logs", "Agent a: restored from position 0") > 0);

        var spans = receiver.Spans();
        spans.Where(span => span.Name == "policy").ShouldContain(span => span.Upwards(spans).Any(above => above.Name.EndsWith("PolicyService/Decide", StringComparison.Ordinal)));
        receiver.Count("metrics", "mixpolicy-agent").ShouldBeGreaterThan(0);
        receiver.Count("metrics", "dotnet.gc.collections").ShouldBeGreaterThan(0);
        receiver.Count("logs", "Agent a: restored from position 0").ShouldBe(1);
        // In the file the same line names its trace; that is one of those sent.
        var line = service.ReadLog().Split('\n').Single(text => text.Contains("Agent a: restored", StringComparison.Ordinal));
        spans.ShouldContain(span => line.Contains($"[{span.Trace} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Service_WithAReceiverThatIsAway_DecidesAndStopsAsEver()
    {
        // Port 9 of loopback: nobody listens there.
        using var service = new ServiceProcess(Sending("http://127.0.0.1:9", "grpc"));
        await DecideAsync(service, intervals: 10);
        service.ReadLog().ShouldNotContain("OpenTelemetry");
        var stopping = Stopwatch.GetTimestamp();
        (await service.StopAsync()).ShouldBe(0);
        // Docker waits for 20 seconds before it kills.
        Stopwatch.GetElapsedTime(stopping).ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData("", null, null, false)]
    [InlineData("http://localhost:4317", null, null, true)]
    [InlineData("https://collector.example:4318", "http/protobuf", "false", true)]
    [InlineData("http://localhost:4317", "", "true", false)]
    public void IsOn_ByTheEnvironment(string? endpoint, string? protocol, string? disabled, bool expected) =>
        OtlpExport.IsOn(Variables(endpoint, protocol, disabled)).ShouldBe(expected);

    [Theory]
    [InlineData("localhost:4317", null, "OTEL_EXPORTER_OTLP_ENDPOINT is 'localhost:4317'; it must be the address")]
    [InlineData("collector", null, "OTEL_EXPORTER_OTLP_ENDPOINT is 'collector'; it must be the address")]
    [InlineData("http://localhost:4318", "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL is 'http/json'; it must be grpc or http/protobuf")]
    public void IsOn_NotUnderstood_NamesTheVariable(string endpoint, string? protocol, string message) =>
        Should.Throw<SettingsException>(() => OtlpExport.IsOn(Variables(endpoint, protocol, null))).Message.ShouldStartWith(message);

    private static Func<string, string?> Variables(string? endpoint, string? protocol, string? disabled) => name => name switch
    {
        OtlpExport.Endpoint => endpoint,
        OtlpExport.Protocol => protocol,
        OtlpExport.Disabled => disabled,
        _ => null,
    };

    private static (string, string)[] Sending(string address, string protocol) =>
    [
        (OtlpExport.Endpoint, address), (OtlpExport.Protocol, protocol), ("OTEL_METRIC_EXPORT_INTERVAL", "300"), ("OTEL_BSP_SCHEDULE_DELAY", "300"),
    ];

    private static async Task DecideAsync(ServiceProcess service, int intervals)
    {
        await service.UntilAnsweredAsync(client => client.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.PpoAgent(rollout: 2) }));
        var started = await service.Client.StartRunAsync(new() { Parent = "agents/a", RunId = "r", Spec = Scripted.Run() });
        for (var interval = 0; interval < intervals; interval++)
        {
            await service.Client.DecideAsync(Scripted.Decide(started, interval));
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Stopwatch.GetElapsedTime(since).ShouldBeLessThan(Patience);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
