using System.Text.Json.Nodes;
using Google.Protobuf;
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
        var exported = await ClientOf(service, client => PolicyTransfer.ExportAsync(client, learned.Name, DateTime.UtcNow + PolicyTransfer.Longest, Stop));
        exported.Header.PolicyVersion.ShouldBe(learned.PolicyVersion);
        await File.WriteAllBytesAsync(file, SavedPolicy.Bytes(exported), Stop);

        // Another kind of policy is refused before anything is written.
        foreach (var (policy, from) in new[] { ("ppo", file), ("rlmix", learned.Name) })
        {
            using var refused = Train("refused", service, "--policy", policy, "--policy-from", from);
            (await refused.EndAsync()).ShouldBe(2, refused.Output);
            refused.Error.ShouldStartWith($"error: --policy-from is '{from}'; allowed: a policy of the kind");
            refused.Error.ShouldContain("this one is rl_mix_set");
            Directory.Exists(Folder("refused")).ShouldBeFalse();
        }

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

    [Theory]
    [InlineData("pipelined")]
    [InlineData("local")]
    public async Task Train_ChoosingTheMethod_MixesEachBatchByItsOwn(string mode)
    {
        using var service = Service("methods");
        using var trainer = Train("methods", service, "--policy", "rlmix-set", "--methods", "rmix,cut-top-paste", "--batch-mode", mode, "--batch-packing", "bfloat16");
        (await trainer.EndAsync()).ShouldBe(0, trainer.Error);

        RunFiles.Metrics(Folder("methods")).ShouldAllBe(line => Count(line, "batches_decided") == BatchesPerEpoch);
        var agent = await AgentOfAsync(service);
        agent.Spec.RlMixSet.ChooseMethod.ShouldBeTrue();
        var (decided, rewarded) = await LogAsync(service, agent, Folder("methods"));
        decided.Select(decision => decision.Method).Distinct().Order().ShouldBe([Method.RMix, Method.CutTopPaste]);
        rewarded.ShouldBe((Epochs * BatchesPerEpoch) - 1);
    }

    [Fact]
    public async Task Train_DecidingHere_KilledAndResumed_TellsTheAgentEverything()
    {
        using var service = Service("local");
        using (var trainer = Train("local", service, "--policy", "rlmix-set", "--batch-mode", "local"))
        {
            await UntilBatchesAsync(trainer, service, BatchesPerEpoch + 3);
            await trainer.KillAsync();
        }

        var agent = await AgentOfAsync(service);
        var (before, _) = await LogAsync(service, agent, Folder("local"));
        using var resumed = TrainerProcess.Resume(Folder("local"));
        (await resumed.EndAsync()).ShouldBe(0, resumed.Error);

        RunFiles.Metrics(Folder("local")).ShouldAllBe(line => Count(line, "batches_decided") == BatchesPerEpoch);
        var (after, rewarded) = await LogAsync(service, await AgentOfAsync(service), Folder("local"));
        after.Take(before.Count).ShouldBe(before);
        (after.Count, rewarded).ShouldBe((Epochs * BatchesPerEpoch, (Epochs * BatchesPerEpoch) - 1));
        File.ReadAllText(Path.Combine(Folder("local"), "report.html")).ShouldContain("Reward by batch");
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

    /// <summary>What the service has stored of the training's batches, under its lease.</summary>
    private static async Task<(List<BatchDecision> Decided, long Rewarded)> LogAsync(ServiceProcess service, V1.Agent agent, string folder)
    {
        const int Images = 10;
        const int Classes = 10;
        const int Cells = 64;
        var ticket = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "agent.json"), Stop))!;
        return await ClientOf(service, async client =>
        {
            var run = (await client.ListRunsAsync(new() { Parent = agent.Name }, cancellationToken: Stop)).Runs.Single();
            using var stream = client.SteerBatches(cancellationToken: Stop);
            var has = await AskAsync(new() { Run = run.Name, LeaseToken = (string)ticket["lease_token"]! });
            var decided = new List<BatchDecision>();
            for (var batch = 0; batch < has.Batches; batch++)
            {
                // One decided before is told again, whatever is observed.
                var seen = new BatchObservation { Images = Images, Classes = Classes, Patches = 8, Saliency = Packed(Images * Cells, 1f / Cells), Logits = Packed(Images * Classes, 0), Losses = Packed(Images, 1), Lambda = 0.5 };
                seen.Partners.AddRange(Enumerable.Range(0, Images));
                decided.Add((await AskAsync(new() { Batch = batch, Observation = seen })).Decision);
            }

            return (decided, has.Rewarded);

            async Task<SteerBatchesResponse> AskAsync(SteerBatchesRequest request)
            {
                await stream.RequestStream.WriteAsync(request, Stop);
                (await stream.ResponseStream.MoveNext(Stop)).ShouldBeTrue();
                return stream.ResponseStream.Current;
            }
        });
    }

    private static ByteString Packed(int count, float number) => ByteString.CopyFrom([.. Enumerable.Repeat(BitConverter.GetBytes(number), count).SelectMany(bytes => bytes)]);

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
