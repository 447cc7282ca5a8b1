using Grpc.Net.Client;
using MixPolicy.V1;

namespace MixPolicy.EndToEnd.Tests;

/// <summary>The agent as a service of its own, with all that can happen in between.</summary>
public sealed class ServiceTests(Reference reference)
{
    [Fact]
    public async Task Train_WhileTheServiceIsKilledTwice_IsTheReference()
    {
        var folder = reference["served"];

        // A busy machine may take its time to start a service: patience is not what is tested here.
        using var service = new ServiceProcess(reference["service"]);
        using var trainer = TrainerProcess.Train(folder, Reference.Epochs, "--agent", service.Address, "--agent-patience", "600");
        await trainer.UntilEpochsAsync(folder, 1);
        service.KillAndRestart();
        await trainer.UntilEpochsAsync(folder, 3);
        service.KillAndRestart();
        (await trainer.EndAsync()).ShouldBe(0, trainer.Error);
        reference.ShouldEqual(folder);
    }

    [Fact]
    public async Task Train_WithAnAgentThatComesLate_FallsBackAndReattaches()
    {
        const int epochs = 8;
        var folder = reference["late"];
        using var service = new ServiceProcess(reference["late-service"]);
        await using var gate = new Gate(service.Port);
        using var trainer = TrainerProcess.Train(folder, epochs, "--agent", gate.Address, "--agent-patience", "1");
        await trainer.UntilEpochsAsync(folder, 2);
        gate.Open();
        (await trainer.EndAsync()).ShouldBe(0, trainer.Error);

        var lines = RunFiles.Metrics(folder);
        var alone = lines.TakeWhile(line => line.ContainsKey("fallback")).Count();
        alone.ShouldBeInRange(2, epochs - 1);
        lines.Take(alone).ShouldAllBe(line => line["decision_id"] == null && line["method"]!.ToString() == "vanilla");
        lines.Skip(alone).ShouldAllBe(line => line["decision_id"] != null);
        trainer.Output.ShouldContain("goes on without the agent, under the fallback: vanilla");
        trainer.Output.ShouldContain("The agent is back");

        // The agent has heard of every interval, and knows which were not its own doing.
        using var channel = GrpcChannel.ForAddress(service.Address);
        var client = new PolicyService.PolicyServiceClient(channel);
        var run = lines[alone]["decision_id"]!.ToString().Split("/decisions/")[0];
        var log = await client.ListDecisionsAsync(new() { Parent = run }, cancellationToken: TestContext.Current.CancellationToken);
        log.Decisions.Select(record => record.Report?.Fallback is not null).ShouldBe(Enumerable.Range(0, epochs).Select(k => k < alone));
        (await client.GetRunAsync(new() { Name = run }, cancellationToken: TestContext.Current.CancellationToken)).State.ShouldBe(RunState.Finished);
    }
}
