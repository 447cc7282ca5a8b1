using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MixPolicy.Testing;

namespace MixPolicy.Agent.Tests.Telemetry;

/// <summary>Dashboards and alerts against what docs/telemetry.md says there is.</summary>
public sealed partial class ObservabilityTests
{
    private const string Folder = "deploy/observability";

    private static readonly IReadOnlyList<MetricsDocument> Documented = MetricsDocument.Read();

    [Theory]
    [InlineData("service-health")]
    [InlineData("experiments")]
    public void Dashboard_EveryPanel_ShowsDocumentedMetrics(string name)
    {
        var dashboard = JsonNode.Parse(File.ReadAllText(Repository.PathOf($"{Folder}/grafana/dashboards/{name}.json")))!;
        dashboard["uid"]!.ToString().ShouldStartWith("mixpolicy-");
        ((int)dashboard["schemaVersion"]!).ShouldBeGreaterThanOrEqualTo(39);
        var panels = dashboard["panels"]!.AsArray();
        panels.Count.ShouldBeGreaterThan(8);
        panels.Select(panel => (int)panel!["id"]!).ShouldBeUnique();
        foreach (var panel in panels)
        {
            panel!["title"]!.ToString().ShouldNotBeEmpty();
            panel["datasource"]!["uid"]!.ToString().ShouldBe("prometheus");
            panel["targets"]!.AsArray().Count.ShouldBeGreaterThan(0);
            foreach (var target in panel["targets"]!.AsArray())
            {
                MustBeDocumented(target!["expr"]!.ToString());
                foreach (Match label in LegendLabel().Matches(target["legendFormat"]!.ToString()))
                {
                    // What it names must be left by the expression.
                    KnownLabels().ShouldContain(label.Groups[1].Value);
                }
            }
        }

        MustNotOverlap(panels);
    }

    [Fact]
    public void DataSource_Provisioned_IsTheOneThatDashboardsName() =>
        File.ReadAllText(Repository.PathOf($"{Folder}/grafana/provisioning/datasources/prometheus.yml")).ShouldContain("uid: prometheus\n");

    [Fact]
    public void Alerts_EveryOne_IsOfDocumentedMetricsAndTested()
    {
        var rules = File.ReadAllText(Repository.PathOf($"{Folder}/alerts.yml"));
        var tests = File.ReadAllText(Repository.PathOf($"{Folder}/alerts.test.yml"));
        var alerts = Alert().Matches(rules);
        alerts.Count.ShouldBeGreaterThan(5);
        foreach (Match alert in alerts)
        {
            tests.ShouldContain($"alertname: {alert.Groups["name"].Value}\n        exp_alerts:\n", Case.Sensitive);
            if (alert.Groups["name"].Value != "CollectorDown")
            {
                MustBeDocumented(alert.Groups["expression"].Value);
            }
        }
    }

    [Theory]
    [InlineData("check", "config", "prometheus.yml")]
    [InlineData("test", "rules", "alerts.test.yml")]
    public async Task Prometheus_Configuration_PassesItsOwnTool(string verb, string kind, string file)
    {
        Assert.SkipUnless(PromtoolIsThere(), "promtool is not installed");
        using var tool = Process.Start(new ProcessStartInfo("promtool", [verb, kind, Repository.PathOf($"{Folder}/{file}")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await tool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await tool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await tool.WaitForExitAsync(TestContext.Current.CancellationToken);
        tool.ExitCode.ShouldBe(0, output);
    }

    private static bool PromtoolIsThere() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "promtool")));

    private static void MustBeDocumented(string expression)
    {
        var names = Name().Matches(expression).Select(name => name.Value).Except(KnownLabels()).ToList();
        names.ShouldNotBeEmpty(expression);
        names.Except(Documented.SelectMany(Series)).ShouldBeEmpty(expression);
    }

    /// <summary>The labels that a series can have: ours, and who sent it.</summary>
    private static IEnumerable<string> KnownLabels() => Documented.SelectMany(metric => metric.Labels).Select(label => label.Replace('.', '_')).Concat(["job", "instance", "le"]);

    /// <summary>What Prometheus calls the series of a metric.</summary>
    private static IEnumerable<string> Series(MetricsDocument metric)
    {
        var unit = (metric.Unit, metric.Kind) switch
        {
            ("s", _) => "_seconds",
            ("By", _) => "_bytes",
            ("1", "gauge") => "_ratio",
            _ => "",
        };
        var name = metric.Name.Replace('.', '_') + unit;
        return metric.Kind switch
        {
            "counter" => [$"{name}_total"],
            "histogram" => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            _ => [name],
        };
    }

    private static void MustNotOverlap(JsonArray panels)
    {
        var taken = new HashSet<(int X, int Y)>();
        foreach (var place in panels.Select(panel => panel!["gridPos"]!))
        {
            ((int)place["x"]! + (int)place["w"]!).ShouldBeLessThanOrEqualTo(24);
            for (var x = 0; x < (int)place["w"]!; x++)
            {
                for (var y = 0; y < (int)place["h"]!; y++)
                {
                    taken.Add(((int)place["x"]! + x, (int)place["y"]! + y)).ShouldBeTrue();
                }
            }
        }
    }

    [GeneratedRegex("[a-z_]*mixpolicy_[a-z0-9_]+|rpc_method")]
    private static partial Regex Name();

    [GeneratedRegex(@"\{\{\s*([a-z_]+)\s*\}\}")]
    private static partial Regex LegendLabel();

    [GeneratedRegex(@"- alert: (?<name>\w+)\n(?:\s+#.*\n)*\s+expr: (?<expression>.+)")]
    private static partial Regex Alert();
}
