using MixPolicy.V1;

namespace MixPolicy.Cli.Commands;

/// <summary>Lists as a whole.</summary>
internal static class Pages
{
    private const int PageSize = 1000;

    public static async Task<List<V1.Agent>> AgentsAsync(PolicyService.PolicyServiceClient client, CancellationToken cancellationToken)
    {
        var (agents, token) = (new List<V1.Agent>(), "");
        do
        {
            var page = await client.ListAgentsAsync(new() { PageSize = PageSize, PageToken = token }, cancellationToken: cancellationToken);
            agents.AddRange(page.Agents);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        return agents;
    }

    /// <param name="parent">agents/{agent}, or agents/- for all.</param>
    public static async Task<List<Run>> RunsAsync(PolicyService.PolicyServiceClient client, string parent, CancellationToken cancellationToken)
    {
        var (runs, token) = (new List<Run>(), "");
        do
        {
            var page = await client.ListRunsAsync(new() { Parent = parent, PageSize = PageSize, PageToken = token }, cancellationToken: cancellationToken);
            runs.AddRange(page.Runs);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        return runs;
    }

    public static async Task<List<DecisionRecord>> DecisionsAsync(PolicyService.PolicyServiceClient client, string run, CancellationToken cancellationToken)
    {
        var (decisions, token) = (new List<DecisionRecord>(), "");
        do
        {
            var page = await client.ListDecisionsAsync(new() { Parent = run, PageSize = PageSize, PageToken = token }, cancellationToken: cancellationToken);
            decisions.AddRange(page.Decisions);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        return decisions;
    }
}
