using MixPolicy.Testing;

namespace MixPolicy.EndToEnd.Tests;

/// <summary>A training that sends its telemetry: trainer and agent in one process, through one exporter.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Train_WithAReceiver_SendsEachEpochAsOneTraceToTheDatabase()
    {
        await using var receiver = await OtlpReceiver.StartAsync(TestContext.Current.CancellationToken);
        var folder = Directory.CreateTempSubdirectory("mixpolicy-telemetry-");
        try
        {
            using var trainer = TrainerProcess.TrainIn(
                new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.HttpAddress, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" }, folder.FullName, epochs: 3);
            (await trainer.EndAsync()).ShouldBe(0, trainer.Error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        // All of it is sent before the program ends.
        var spans = receiver.Spans();
        var epochs = spans.Where(span => span.Name == "epoch").ToList();
        epochs.Count.ShouldBe(3);
        epochs.Select(span => span.Trace).Distinct().Count().ShouldBe(3);
        foreach (var epoch in epochs)
        {
            spans.ShouldContain(span => span.Name == "train" && span.Parent == epoch.Id);
            var commit = spans.Where(span => span.Name == "commit").Select(span => span.Upwards(spans)).First(chain => chain[^1] == epoch && chain.Any(span => span.Name == "policy"));
            commit.Select(span => span.Name).Where(name => name is "commit" or "policy" or "Steer decide" or "decide" or "epoch").ShouldBe(["commit", "policy", "Steer decide", "decide", "epoch"]);
        }

        receiver.Count("metrics", "mixpolicy.trainer.epochs").ShouldBeGreaterThan(0);
        receiver.Count("metrics", "mixpolicy.agent.decisions").ShouldBeGreaterThan(0);
        receiver.Count("metrics", "mixpolicy-trainer").ShouldBeGreaterThan(0);
        receiver.Count("logs", "restored from position 0").ShouldBe(1);
    }

    [Fact]
    public async Task Train_WithAReceiverThatIsNoAddress_SaysSo()
    {
        using var trainer = TrainerProcess.TrainIn(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector" }, "unused", epochs: 1);
        (await trainer.EndAsync()).ShouldBe(2);
        trainer.Error.Trim().ShouldBe("error: OTEL_EXPORTER_OTLP_ENDPOINT is 'collector'; it must be the address of an OTLP receiver, as http://localhost:4317.");
    }
}
