using System.Text.Json.Nodes;
using Grpc.Net.Client;
using MixPolicy.Client.Transfer;
using MixPolicy.V1;

namespace MixPolicy.EndToEnd.Tests;

/// <summary>Trainings that are decided batch by batch, by the service as a process of its own: 12 batches an epoch.</summary>
public sealed class BatchPolicyTests : IDisposable
{
    private const int Epochs = 2;
    private const int BatchesPerEpoch = 12;

    private static readonly string[] Tiny = ["--batch-size", "10", "--model", "preactresnet18-w4"];

    private readonly string _root = Directory.CreateTempSubdirectory("mixpolicy-batches-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("rlmix", "sync")]
    [InlineData("rlmix-set", "pipelined")]
    public async Task Train_Undisturbed_Killed_AndServedBadly_ComesOutTheSame(string policy, string mode)
    {
        string[] options = ["--policy", policy, "--batch-mode", mode];
        using (var service = Service("plain"))
        {
            using var trainer = Train("plain", service, options);
            (await trainer.EndAsync()).ShouldBe(0, trainer.Error);
            var lines = RunFiles.Metrics(Folder("plain"));
            lines.ShouldAllBe(line => (int)line["batches_decided"]! == BatchesPerEpoch && (int)line["batches_published"]! == 0 && line["reward"] != null && line["seconds_wait"] != null);
            lines.ShouldAllBe(line => (double)line["reward"]! >= -1 && (double)line["reward"]! <= 1 && (double)line["threshold"]! > 0 && (double)line["threshold"]! < 0.99);
            (await AgentOfAsync(service)).Batches.ShouldBe(Epochs * BatchesPerEpoch);
            File.ReadAllText(Path.Combine(Folder("plain"), "report.html")).ShouldContain("Batch decisions");
            trainer.Output.ShouldContain($"{BatchesPerEpoch} batches decided");
        }

        using (var service = Service("killed"))
        {
            using (var trainer = Train("killed", service, options))
            {
                await UntilBatchesAsync(trainer, service, BatchesPerEpoch + 3);
                await trainer.KillAsync();
            }

            using var resumed = TrainerProcess.Resume(Folder("killed"));
            (await resumed.EndAsync()).ShouldBe(0, resumed.Error);
            ShouldEqualPlain("killed");
            (await AgentOfAsync(service)).Batches.ShouldBe(Epochs * BatchesPerEpoch);
        }

        using (var service = Service("restarted"))
        {
            using var trainer = Train("restarted", service, [.. options, "--agent-patience", "600"]);
            await UntilBatchesAsync(trainer, service, 5);
            service.KillAndRestart();
            await UntilBatchesAsync(trainer, service, BatchesPerEpoch + 3);
            service.KillAndRestart();
            (await trainer.EndAsync()).ShouldBe(0, trainer.Error);
            ShouldEqualPlain("restarted");
        }
    }

    [Theory]
    [InlineData("rlmix")]
    [InlineData("rlmix-set")]
    public async Task Train_WhereTheServiceIsGoneForGood_GoesOnAsPublished(string policy)
    {
        var service = Service("gone");
        // So many epochs that the service is gone before the last of them, on the slowest machine.
        const int LongRun = 8;
        using var trainer = TrainerProcess.Train(Folder("gone"), LongRun, [.. Tiny, "--agent", service.Address, "--policy", policy, "--agent-patience", "20"]);
        try
        {
            await UntilBatchesAsync(trainer, service, 5);
        }
        finally
        {
            service.Dispose();
        }

        (await trainer.EndAsync()).ShouldBe(0, trainer.Error);
        var lines = RunFiles.Metrics(Folder("gone"));
        lines.Count.ShouldBe(LongRun);
        var steered = lines.Where(line => !line.ContainsKey("fallback")).ToList();
        steered.ShouldAllBe(line => Count(line, "batches_decided") + Count(line, "batches_published") == BatchesPerEpoch);
        lines.Except(steered).ShouldAllBe(line => line["method"]!.ToString() == "rmix");
        // The agent went in the middle of an epoch or, on a slow machine, between two.
        lines.ShouldContain(line => line.ContainsKey("fallback") || Count(line, "batches_published") > 0);
        trainer.Output.ShouldContain("without the agent");
        File.ReadAllText(Path.Combine(Folder("gone"), "report.html")).ShouldContain("the agent was away");
    }

    [Fact]
    public async Task Train_FromALearnedPolicy_UsesIt()
    {
        using var service = Service("transfer");

        // More than a rollout of the set policy: it is updated.
        using (var teacher = TrainerProcess.Train(Folder("teacher"), 7, [.. Tiny, "--agent", service.Address, "--policy", "rlmix-set"]))
        {
            (await teacher.EndAsync()).ShouldBe(0, teacher.Error);
        }

        var learned = await AgentOfAsync(service);
        learned.PolicyVersion.ShouldBeGreaterThan(0);
        var file = Path.Combine(_root, "policy");
        var policy = await ClientOf(service, client => PolicyTransfer.ExportAsync(client, learned.Name, Stop));
        policy.Header.PolicyVersion.ShouldBe(learned.PolicyVersion);
        await File.WriteAllBytesAsync(file, PolicyFile.Bytes(policy), Stop);

        // From a file, with the agent in the trainer's process; and from an agent of the same service.
        using var fromFile = TrainerProcess.Train(Folder("file"), Epochs, [.. Tiny, "--policy", "rlmix-set", "--policy-from", file, "--freeze-policy"]);
        (await fromFile.EndAsync()).ShouldBe(0, fromFile.Error);
        using var fromAgent = Train("agent", service, "--policy", "rlmix-set", "--policy-from", learned.Name, "--freeze-policy");
        (await fromAgent.EndAsync()).ShouldBe(0, fromAgent.Error);
        foreach (var name in new[] { "file", "agent" })
        {
            RunFiles.Metrics(Folder(name)).ShouldAllBe(line => (long)line["policy_version"]! == learned.PolicyVersion);
        }

        // The teacher has not changed.
        (await ClientOf(service, client => client.GetAgentAsync(new() { Name = learned.Name }, cancellationToken: Stop).ResponseAsync)).ShouldBe(learned);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private TrainerProcess Train(string name, ServiceProcess service, params string[] more) =>
        TrainerProcess.Train(Folder(name), Epochs, [.. Tiny, "--agent", service.Address, .. more]);

    private ServiceProcess Service(string name) => new(Path.Combine(_root, $"{name}-service"));

    private string Folder(string name) => Path.Combine(_root, name);

    private void ShouldEqualPlain(string name)
    {
        RunFiles.Repeatable(Folder(name)).ShouldBe(RunFiles.Repeatable(Folder("plain")));
        RunFiles.LastWeights(Folder(name)).ShouldBe(RunFiles.LastWeights(Folder("plain")));
    }

    private static int Count(JsonObject line, string field) => (int?)line[field] ?? 0;

    private static async Task<V1.Agent> AgentOfAsync(ServiceProcess service) =>
        (await ClientOf(service, client => client.ListAgentsAsync(new(), cancellationToken: Stop).ResponseAsync)).Agents.Single();

    /// <summary>Waits until the service has decided so many batches.</summary>
    private static async Task UntilBatchesAsync(TrainerProcess trainer, ServiceProcess service, int batches)
    {
        while (true)
        {
            try
            {
                var agents = (await ClientOf(service, client => client.ListAgentsAsync(new(), cancellationToken: Stop).ResponseAsync)).Agents;
                if (agents.Any(agent => agent.Batches >= batches))
                {
                    return;
                }
            }
            catch (Grpc.Core.RpcException e) when (e.StatusCode == Grpc.Core.StatusCode.Unavailable)
            {
                // It is starting.
            }

            trainer.MustRun();
            await Task.Delay(10, Stop);
        }
    }

    private static async Task<T> ClientOf<T>(ServiceProcess service, Func<PolicyService.PolicyServiceClient, Task<T>> call)
    {
        using var channel = GrpcChannel.ForAddress(service.Address);
        return await call(new(channel));
    }
}
