using MixPolicy.V1;

namespace MixPolicy.Cli.Commands;

/// <summary>Lists as a whole.</summary>
internal static class Pages
{
    private const int PageSize = 1000;

    public static Task<List<V1.Agent>> AgentsAsync(PolicyService.PolicyServiceClient client, CancellationToken cancellationToken) => AllAsync(async token =>
    {
        var page = await client.ListAgentsAsync(new() { PageSize = PageSize, PageToken = token }, cancellationToken: cancellationToken);
        return (page.Agents, page.NextPageToken);
    });

    /// <param name="parent">agents/{agent}, or agents/- for all.</param>
    public static Task<List<Run>> RunsAsync(PolicyService.PolicyServiceClient client, string parent, CancellationToken cancellationToken) => AllAsync(async token =>
    {
        var page = await client.ListRunsAsync(new() { Parent = parent, PageSize = PageSize, PageToken = token }, cancellationToken: cancellationToken);
        return (page.Runs, page.NextPageToken);
    });

    public static Task<List<DecisionRecord>> DecisionsAsync(PolicyService.PolicyServiceClient client, string run, CancellationToken cancellationToken) => AllAsync(async token =>
    {
        var page = await client.ListDecisionsAsync(new() { Parent = run, PageSize = PageSize, PageToken = token }, cancellationToken: cancellationToken);
        return (page.Decisions, page.NextPageToken);
    });

    /// <param name="next">The page of a token, and the token of the page after it.</param>
    private static async Task<List<T>> AllAsync<T>(Func<string, Task<(Google.Protobuf.Collections.RepeatedField<T> Items, string Token)>> next)
    {
        var (all, token) = (new List<T>(), "");
        do
        {
            (var items, token) = await next(token);
            all.AddRange(items);
        }
        while (token.Length > 0);
        return all;
    }
}
