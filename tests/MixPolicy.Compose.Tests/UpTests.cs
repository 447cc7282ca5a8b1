using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Grpc.Core;
using MixPolicy.V1;

namespace MixPolicy.Compose.Tests;

public sealed partial class UpTests
{
    [Fact]
    public async Task Up_Trains_AndKeepsWhatItLearntOverDownAndUp()
    {
        await using var composition = new Composition();
        await composition.UpAsync();
        (await composition.InspectAsync("agent"))["State"]!["Health"]!["Status"]!.ToString().ShouldBe("healthy");
        var (code, output) = await composition.TrainedAsync();
        code.ShouldBe("0", output);
        ShouldBeFinished((await composition.RunsAsync()).ShouldHaveSingleItem());
        var before = await composition.AskAsync(AgentAsync);
        await ShowsAsync(composition, before);

        await composition.ComposeAsync("down");
        await composition.UpAsync();
        (code, output) = await composition.TrainedAsync();
        code.ShouldBe("0", output);

        // A new run, of the agent that was there: the volumes stayed.
        var runs = await composition.RunsAsync();
        runs.Count.ShouldBe(2);
        ShouldBeFinished(runs[1]);
        var after = await composition.AskAsync(AgentAsync);
        after.Name.ShouldBe(before.Name);
        after.CreateTime.ShouldBe(before.CreateTime);
        var listed = await composition.AskAsync(client => client.ListRunsAsync(new() { Parent = after.Name }).ResponseAsync);
        listed.Runs.Select(run => run.State).ShouldBe([RunState.Finished, RunState.Finished]);
    }

    [Fact]
    public async Task Up_TheAgentMakesTheTrainersKey_AndNobodyGetsInWithoutOne()
    {
        await using var composition = new Composition();
        await composition.UpAsync();
        var key = await composition.TrainerKeyAsync();
        (await composition.ComposeAsync("exec", "-T", "agent", "stat", "-c", "%a %u", "/keys/trainer.key")).ShouldBe("600 1654");
        var keys = (await composition.InspectAsync("trainer"))["Mounts"]!.AsArray().Single(mount => mount!["Destination"]!.ToString() == "/keys")!;
        keys["RW"]!.GetValue<bool>().ShouldBeFalse();
        (await composition.ComposeAsync("logs", "agent")).ShouldNotContain(key.Split('_', 3)[2]);
        await RefusedAsync(composition, null);

        // Another owner's key opens nothing of the trainer's; an administrator's does.
        var (code, output) = await composition.TrainedAsync();
        code.ShouldBe("0", output);
        var stranger = await composition.CommandLineAsync("keys", "create", "--owner", "ann", "--role", "trainer");
        (await composition.AskAsync(client => client.ListAgentsAsync(new()).ResponseAsync, stranger)).Agents.ShouldBeEmpty();
        var administrator = await composition.CommandLineAsync("keys", "create", "--owner", "ann", "--role", "admin");
        (await composition.AskAsync(client => client.ListAgentsAsync(new()).ResponseAsync, administrator)).Agents.ShouldHaveSingleItem();

        // The way to change the key, as docs/security.md tells it.
        await composition.CommandLineAsync("keys", "revoke", key.Split('_')[1]);
        await RefusedAsync(composition, key);
        await composition.ComposeAsync("restart", "agent");
        await composition.ComposeAsync("up", "--detach", "--wait", "agent");
        var next = await composition.TrainerKeyAsync();
        next.ShouldNotBe(key);
        (await composition.AskAsync(client => client.ListAgentsAsync(new()).ResponseAsync, next)).Agents.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Up_AgentAndTrainerAreKilled_TheTrainingGoesOn()
    {
        await using var composition = new Composition();
        await composition.UpAsync();
        var agent = await composition.ContainerAsync("agent");
        var trainer = await composition.ContainerAsync("trainer");
        await composition.UntilAnEpochIsOverAsync();
        await Composition.DockerAsync("kill", agent);
        await Composition.DockerAsync("kill", trainer);
        await Composition.DockerAsync("start", agent);
        await Composition.DockerAsync("start", trainer);
        var (code, output) = await composition.TrainedAsync();
        code.ShouldBe("0", output);

        // The same run, not a second one, and every decision the agent's own.
        var run = (await composition.RunsAsync()).ShouldHaveSingleItem(output);
        ShouldBeFinished(run);
        output.ShouldContain("going on after epoch ");
        File.ReadAllLines(Path.Combine(run, "metrics.jsonl")).ShouldAllBe(line => JsonNode.Parse(line)!["decision_id"] != null);
    }

    /// <summary>FirstVersion/ was written by the first complete version (commit 0aa4c0c) in one training of nine epochs, with one update of the policy.</summary>
    [Fact]
    public async Task Up_VolumeOfTheFirstVersion_ItsAgentSteersTheNextTraining()
    {
        await using var composition = new Composition();
        await composition.RestoreFirstVersionAsync();
        await composition.UpAsync();
        var (code, output) = await composition.TrainedAsync();
        code.ShouldBe("0", output);
        (await composition.ComposeAsync("logs", "agent")).ShouldContain("restored from position 19 and 2 entries after it, policy version 1");
        var agent = await composition.AskAsync(AgentAsync);
        var listed = await composition.AskAsync(client => client.ListRunsAsync(new() { Parent = agent.Name }).ResponseAsync);
        listed.Runs.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("trainer")]
    public async Task Up_Container_HasNoMoreRightsThanItNeeds(string service)
    {
        await using var composition = new Composition();
        await composition.ComposeAsync("create", "--build");
        var container = await composition.InspectAsync(service);
        container["Config"]!["User"]!.ToString().ShouldBe("1654");
        var host = container["HostConfig"]!;
        host["ReadonlyRootfs"]!.GetValue<bool>().ShouldBeTrue();
        host["CapDrop"]!.AsArray().Select(name => name!.ToString()).ShouldBe(["ALL"]);
        host["SecurityOpt"]!.AsArray().Select(option => option!.ToString()).ShouldContain("no-new-privileges:true");
        host["Memory"]!.GetValue<long>().ShouldBePositive();
        host["PidsLimit"]!.GetValue<long>().ShouldBePositive();
        host["PortBindings"]!.AsObject().SelectMany(port => port.Value!.AsArray()).ShouldAllBe(binding => binding!["HostIp"]!.ToString() == "127.0.0.1");
    }

    /// <summary>The pages have the run, and all that they are made of is in the image; so is the command line, which finds its key by itself.</summary>
    private static async Task ShowsAsync(Composition composition, V1.Agent agent)
    {
        using var pages = await composition.PagesAsync();
        var token = TestContext.Current.CancellationToken;
        var list = await pages.GetStringAsync("", token);
        list.ShouldContain(agent.Name);
        var parts = Part().Matches(list).Select(match => match.Groups[1].Value).Distinct().ToList();
        parts.ShouldContain(part => part.Contains("blazor.web", StringComparison.Ordinal));
        parts.ShouldContain(part => part.EndsWith(".css", StringComparison.Ordinal));
        foreach (var part in parts)
        {
            using var answer = await pages.GetAsync(part, token);
            answer.IsSuccessStatusCode.ShouldBeTrue($"{part}: {answer.StatusCode}");
        }

        var run = JsonNode.Parse(await composition.CommandLineAsync("runs", "list", "--json"))!;
        run["name"]!.ToString().ShouldStartWith(agent.Name);
        (await pages.GetStringAsync(run["name"]!.ToString(), token)).ShouldContain("Timeline", Case.Insensitive);
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+\\.(?:js|css|svg))\"")]
    private static partial Regex Part();

    private static Task<V1.Agent> AgentAsync(PolicyService.PolicyServiceClient client) =>
        client.ListAgentsAsync(new()).ResponseAsync.ContinueWith(list => list.Result.Agents.ShouldHaveSingleItem(), TaskScheduler.Default);

    private static async Task RefusedAsync(Composition composition, string? key)
    {
        var refusal = await Should.ThrowAsync<RpcException>(() => composition.AskAsync(client => client.ListAgentsAsync(new()).ResponseAsync, key));
        refusal.StatusCode.ShouldBe(StatusCode.Unauthenticated, refusal.Status.Detail);
    }

    private static void ShouldBeFinished(string run)
    {
        File.ReadAllLines(Path.Combine(run, "metrics.jsonl")).Length.ShouldBe(Composition.Epochs);
        File.ReadAllText(Path.Combine(run, "report.html")).ShouldContain("</html>");
    }
}
