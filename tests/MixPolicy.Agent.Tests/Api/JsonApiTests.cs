using MixPolicy.Agent.Tests.Experiments;
using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Api;

public sealed class JsonApiTests : IAsyncLifetime
{
    private const string Run = "agents/a/runs/r";

    private TestService _service = null!;
    private ApiClient _api = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _api = new(_service);
        await _service.TrainAsync(Scripted.PpoAgent(), reports: 10, change: spec => spec.Labels["note"] = "=HYPERLINK(\"http://evil\"), \"x\"");
    }

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return _service.DisposeAsync();
    }

    [Fact]
    public async Task Answers_AreInSnakeCase_WithTimesInUtc()
    {
        var run = (await _api.JsonAsync("runs"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)run["name"]!, (string)run["state"]!, (string)run["policy"]!, (int)run["reports"]!).ShouldBe((Run, "active", "ppo", 10));
        run["methods"]!.AsArray().Select(method => (string)method!).ShouldBe(["vanilla", "input_mixup", "cutmix", "r_mix"]);
        run["finish_time"].ShouldBeNull();
        DateTimeOffset.Parse((string)run["create_time"]!, System.Globalization.CultureInfo.InvariantCulture).Offset.ShouldBe(TimeSpan.Zero);
        (await _api.JsonAsync(Run)).ToJsonString().ShouldBe(run.ToJsonString());
        ((string)(await _api.JsonAsync("agents"))["agents"]![0]!["id"]!).ShouldBe("a");
        ((int)(await _api.JsonAsync("agents/a"))["active_runs"]!).ShouldBe(1);
        ((string)(await _api.JsonAsync("options"))["datasets"]![0]!).ShouldBe("shapes");
        (await _api.JsonAsync($"{Run}/metrics"))["metrics"]!.AsArray().Select(metric => (string)metric!["name"]!).ShouldContain("losses/approx_kl");

        var series = (await _api.JsonAsync($"{Run}/series?metrics=holdout_loss,losses/policy&points=5"))["series"]!;
        ((string)series[0]!["metric"]!["axis"]!, (int)series[0]!["total"]!).ShouldBe(("interval", 10));
        series[0]!["x"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(5);
        (await _api.JsonAsync($"{Run}/timeline?steps=2"))["steps"]!.AsArray().Count.ShouldBe(2);
        var decision = await _api.JsonAsync($"{Run}/decisions/2");
        ((int)decision["interval"]!, decision["outcome"]!["reward"] is not null, (string)decision["observation"]![0]!["name"]!).ShouldBe((2, true, "progress"));
        var compared = await _api.JsonAsync("compare?metric=train_loss&group_by=policy&band=range&agent=a");
        ((string)compared["group_by"]!, (string)compared["band"]!, (string)compared["groups"]![0]!["key"]!).ShouldBe(("policy", "range", "ppo"));
    }

    [Theory]
    [InlineData("runs?limit=0", "limit", "limit is \"0\"; allowed: an integer in [1, 1000].")]
    [InlineData("runs?limit=ten", "limit", "limit is \"ten\"; allowed: an integer in [1, 1000].")]
    [InlineData("runs?offset=99999999999", "offset", "offset is \"99999999999\"; allowed: an integer in [0, 2147483647].")]
    [InlineData("runs?state=dead", "state", "state is \"dead\"; allowed: one of active, stale, finished.")]
    [InlineData("runs?sort=color", "sort", "sort is \"color\"; allowed: one of update_time, create_time, name,")]
    [InlineData("runs?label=seed", "label", "label is \"seed\"; allowed: key=value.")]
    [InlineData("runs?lable=seed", "lable", "lable is \"not a parameter here\"; allowed: agent, dataset, label,")]
    [InlineData("agents?x=1", "x", "x is \"not a parameter here\"; allowed: none.")]
    [InlineData("agents/A", "agent", "agent is \"A\"; allowed: [a-z0-9]")]
    [InlineData("agents/a/runs/r/series?points=1", "points", "points is \"1\"; allowed: an integer in [4, 10000].")]
    [InlineData("agents/a/runs/r/series?metrics=nope", "metrics", "metrics is \"nope\"; allowed: of train_loss,")]
    [InlineData("agents/a/runs/r/timeline?steps=1e3", "steps", "steps is \"1e3\"; allowed: an integer in [1, 10000].")]
    [InlineData("agents/a/runs/r/decisions/-1", "interval", "interval is \"-1\"; allowed: an integer in [0, 2147483647].")]
    [InlineData("agents/a/runs/r/series.csv?axis=time", "axis", "axis is \"time\"; allowed: one of interval, batch, policy_version.")]
    [InlineData("compare?metric=nope", "metric", "metric is \"nope\"; allowed: one of train_loss,")]
    [InlineData("compare?run=r", "runs", "runs is \"r\"; allowed: agents/{agent}/runs/{run}")]
    [InlineData("watch", "name", "name is \"\"; allowed: agents/{agent}")]
    [InlineData("watch?name=agents/a&after=x", "after", "after is \"x\"; allowed: an integer in [0, ")]
    [InlineData("watch?name=agents/a&after=1000", "after_sequence", "after_sequence is \"1000\"; allowed: an integer in [0, ")]
    public async Task Nonsense_IsRefusedWithFieldValueAndWhatIsAllowed(string path, string field, string message)
    {
        var problem = await _api.RefusedAsync(path, 400);
        ((string)problem["errors"]![field]![0]!).ShouldStartWith(message);
        ((string)problem["detail"]!).ShouldStartWith(message);
    }

    [Theory]
    [InlineData("agents/b")]
    [InlineData("agents/a/runs/gone")]
    [InlineData("agents/a/runs/gone/series")]
    [InlineData("agents/a/runs/gone/artifacts")]
    [InlineData("agents/a/runs/r/decisions/11")]
    [InlineData("compare?run=agents/a/runs/gone")]
    [InlineData("watch?name=agents/b")]
    public async Task WhatIsNotThere_IsNotFound(string path) => ((string)(await _api.RefusedAsync(path, 404))["detail"]!).ShouldEndWith("does not exist.");

    [Fact]
    public async Task Tables_AreCsv_AndHarmlessToSpreadsheets()
    {
        using var reply = await _api.AskAsync("runs.csv");
        reply.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        reply.Content.Headers.ContentDisposition!.FileName.ShouldBe("runs.csv");
        var runs = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        runs.Split("\r\n")[0].ShouldEndWith("finish_time,label/note");
        runs.ShouldContain(",\"'=HYPERLINK(\"\"http://evil\"\"), \"\"x\"\"\"\r\n");
        var lines = (await _api.TextAsync($"{Run}/series.csv")).Split("\r\n");
        lines.Length.ShouldBe(13);
        lines[0].ShouldStartWith("interval,method,fallback,train_loss,");
        lines[3].Split(',').Length.ShouldBe(lines[0].Split(',').Length);
        // The interval that is not reported yet has a method and no loss.
        lines[11].ShouldMatch("^10,[a-z_]+,,,,");
        (await _api.TextAsync($"{Run}/series.csv?axis=policy_version")).Split("\r\n").Length.ShouldBe(3);
        (await _api.TextAsync($"{Run}/series.csv?axis=batch")).ShouldStartWith("batch,batch_reward,");
        (await _api.TextAsync("compare.csv?metric=train_loss")).Split("\r\n")[1].ShouldStartWith("agents/a/runs/r,0,1,");
    }

    [Fact]
    public async Task Document_DescribesEveryEndpoint()
    {
        var document = await _api.JsonAsync("openapi.json");
        var paths = document["paths"]!.AsObject();
        paths.Select(path => path.Key).ShouldBe(
            [
                "/api/v1/agents", "/api/v1/agents/{agent}", "/api/v1/options", "/api/v1/runs", "/api/v1/runs.csv", "/api/v1/agents/{agent}/runs/{run}",
                "/api/v1/agents/{agent}/runs/{run}/metrics", "/api/v1/agents/{agent}/runs/{run}/series", "/api/v1/agents/{agent}/runs/{run}/series.csv",
                "/api/v1/agents/{agent}/runs/{run}/timeline", "/api/v1/agents/{agent}/runs/{run}/decisions/{interval}", "/api/v1/compare", "/api/v1/compare.csv",
                "/api/v1/agents/{agent}/runs/{run}/artifacts", "/api/v1/agents/{agent}/runs/{run}/artifacts/{file}", "/api/v1/watch",
            ],
            ignoreOrder: true);
        var parameters = paths["/api/v1/runs"]!["get"]!["parameters"]!.AsArray();
        ((string)Schema(parameters, "limit")["type"]!).ShouldBe("integer");
        Schema(parameters, "state")["enum"]!.AsArray().Select(name => (string)name!).ShouldBe(["active", "stale", "finished"]);
        document["components"]!["schemas"]!["RunSummary"]!["properties"]!["best_holdout_top1"].ShouldNotBeNull();

        System.Text.Json.Nodes.JsonNode Schema(System.Text.Json.Nodes.JsonArray all, string name)
        {
            var schema = all.Single(parameter => (string)parameter!["name"]! == name)!["schema"]!;
            return schema["$ref"] is { } link ? document["components"]!["schemas"]![((string)link!).Split('/')[^1]]! : schema;
        }
    }
}
