using MixPolicy.Agent.Tests.Batches;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.Testing;

namespace MixPolicy.Agent.Tests.Telemetry;

/// <summary>docs/telemetry.md against what the meter defines and what a run measures.</summary>
public sealed class DocumentTests
{
    [Fact]
    public async Task Metrics_InTheDocument_AreThoseOfTheMeter()
    {
        await using var service = await TestService.StartAsync();
        using var measured = new Measured(service.Meter);
        var epochs = await service.Client.StartAsync(Scripted.PpoAgent(rollout: 2));
        for (var interval = 0; interval < 4; interval++)
        {
            await service.Client.DecideAsync(Scripted.Decide(epochs, interval));
        }

        var batches = await service.Client.StartAsync(ScriptedBatches.Set(), agentId: "b");
        using (var stream = new BatchClient(service.Client))
        {
            await stream.DecideAsync(ScriptedBatches.Ask(batches, 0));
        }

        measured.Collect();
        var documented = MetricsDocument.Read().Where(metric => !metric.Name.StartsWith("mixpolicy.trainer.", StringComparison.Ordinal)).ToList();
        documented.Select(metric => (metric.Name, metric.Kind, metric.Unit))
            .ShouldBe(measured.Definitions, ignoreOrder: true);
        foreach (var metric in documented)
        {
            measured.LabelsOf(metric.Name).Except(metric.Labels).ShouldBeEmpty(metric.Name);
        }
    }
}
