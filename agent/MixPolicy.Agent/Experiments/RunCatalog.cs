using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Experiments;

/// <summary>The agents and runs that there are: lists, filters, one run. Reads the database only; thread-safe.</summary>
public sealed class RunCatalog(LogDatabase database, LeaseRules leases)
{
    /// <summary>Rows of the largest page.</summary>
    public const int LargestPage = 1000;

    // A key with more values is an id, not an option.
    private const int MostValues = 100;

    /// <summary>All agents, by name.</summary>
    public async Task<IReadOnlyList<AgentSummary>> ListAgentsAsync(CancellationToken cancellationToken = default)
    {
        await using var context = database.Read();
        var agents = await context.Agents.OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return await SummariesAsync(context, agents, cancellationToken);
    }

    /// <exception cref="RefusalException">There is no such agent.</exception>
    public async Task<AgentSummary> GetAgentAsync(AgentName name, CancellationToken cancellationToken = default)
    {
        await using var context = database.Read();
        var agents = await context.Agents.Where(row => row.Id == name.Id).ToListAsync(cancellationToken);
        return agents.Count == 0 ? throw Refusal.NotFound(name.ToString()) : (await SummariesAsync(context, agents, cancellationToken))[0];
    }

    /// <summary>A page of runs.</summary>
    /// <exception cref="RefusalException">Offset or limit out of range.</exception>
    public async Task<Page<RunSummary>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Offset < 0)
        {
            throw Refusal.Invalid("offset", $"{query.Offset}", "an integer, at least 0");
        }

        if (query.Limit is < 1 or > LargestPage)
        {
            throw Refusal.Invalid("limit", $"{query.Limit}", $"an integer in [1, {LargestPage}]");
        }

        await using var context = database.Read();
        var runs = Matching(context, query.Filter);
        var total = await runs.CountAsync(cancellationToken);
        var rows = await runs.Sorted(query.Sort, query.Descending).Skip(query.Offset).Take(query.Limit).ToListAsync(cancellationToken);
        return new(total, query.Offset, [.. rows.Select(Summary)]);
    }

    /// <exception cref="RefusalException">There is no such run.</exception>
    public async Task<RunSummary> GetRunAsync(RunName name, CancellationToken cancellationToken = default)
    {
        await using var context = database.Read();
        var row = await Joined(context, context.Runs.Of(name)).SingleOrDefaultAsync(cancellationToken);
        return Summary(row ?? throw Refusal.NotFound(name.ToString()));
    }

    /// <summary>The values that runs can be filtered and grouped by.</summary>
    public async Task<RunOptions> OptionsAsync(CancellationToken cancellationToken = default)
    {
        await using var context = database.Read();
        var agents = await context.Agents.Select(row => new { row.Id, row.Policy, row.Methods }).ToListAsync(cancellationToken);
        var datasets = await context.Runs.Select(row => row.Dataset).Distinct().ToListAsync(cancellationToken);
        var networks = await context.Runs.Select(row => row.Network).Distinct().ToListAsync(cancellationToken);
        var labels = await context.Runs.Select(row => row.Labels).Distinct().ToListAsync(cancellationToken);
        return new(
            Values(agents.Select(agent => agent.Id)),
            Values(datasets),
            Values(networks),
            Values(agents.Select(agent => agent.Policy)),
            Values(agents.Select(agent => agent.Methods)),
            labels.SelectMany(LabelsOf)
                .GroupBy(label => label.Key, StringComparer.Ordinal)
                .Select(group => (group.Key, Values: Values(group.Select(label => label.Value))))
                .Where(label => label.Values.Count <= MostValues)
                .OrderBy(label => label.Key, StringComparer.Ordinal)
                .ToDictionary(label => label.Key, label => label.Values));
    }

    /// <summary>The runs that match, without an order.</summary>
    internal IQueryable<ListedRun> Matching(LogContext context, RunFilter filter)
    {
        var runs = filter.State is { } state ? leases.In(context.Runs, state) : context.Runs;
        return Joined(context, runs.Matching(filter)).Matching(filter);
    }

    /// <summary>A run with everything that lists show.</summary>
    internal RunSummary Summary(ListedRun listed)
    {
        var row = listed.Run;
        return new()
        {
            Name = row.Name.ToString(),
            Agent = row.AgentId,
            Run = row.RunId,
            State = leases.StateOf(row),
            Dataset = row.Dataset ?? "",
            Network = row.Network,
            Policy = listed.Policy,
            Methods = listed.Methods.Split(',', StringSplitOptions.RemoveEmptyEntries),
            Labels = LabelsOf(row.Labels),
            Intervals = row.Intervals,
            Decisions = row.Decisions,
            Reports = row.Reports,
            Batches = row.Batches,
            Progress = row.Progress ?? 0,
            TrainLoss = row.TrainLoss,
            HoldoutLoss = row.HoldoutLoss,
            HoldoutTop1 = row.HoldoutTop1,
            BestHoldoutTop1 = row.BestHoldoutTop1,
            TestTop1 = row.TestTop1,
            Reward = row.Reward,
            CreateTime = row.Created,
            UpdateTime = row.Updated,
            FinishTime = row.Finished,
        };
    }

    private IQueryable<ListedRun> Joined(LogContext context, IQueryable<RunRow> runs)
    {
        var (now, sinceStart) = leases.Moment();
        return
            from run in runs
            join agent in context.Agents on run.AgentId equals agent.Id
            select new ListedRun
            {
                Run = run,
                Policy = agent.Policy!,
                Methods = agent.Methods,
                Rank = run.Finished != null ? 2 : run.LeaseExpires > now || run.LeaseDuration > sinceStart ? 0 : 1,
            };
    }

    private async Task<IReadOnlyList<AgentSummary>> SummariesAsync(LogContext context, IReadOnlyList<AgentRow> agents, CancellationToken cancellationToken)
    {
        string[] ids = [.. agents.Select(agent => agent.Id)];
        var runs = context.Runs.Where(row => ids.Contains(row.AgentId));
        var counts = await runs.GroupBy(row => row.AgentId)
            .Select(group => new { Id = group.Key, Runs = group.Count(), Updated = group.Max(row => row.Updated) })
            .ToDictionaryAsync(row => row.Id, cancellationToken);
        var active = await leases.In(runs, RunState.Active).GroupBy(row => row.AgentId)
            .Select(group => new { Id = group.Key, Runs = group.Count() })
            .ToDictionaryAsync(row => row.Id, row => row.Runs, cancellationToken);
        return
        [
            .. agents.Select(row => new AgentSummary(
                new AgentName(row.Id).ToString(),
                row.Id,
                row.Policy ?? "",
                row.Methods.Split(',', StringSplitOptions.RemoveEmptyEntries),
                row.PolicyVersion,
                row.Decisions,
                row.Reports,
                row.Batches,
                counts.TryGetValue(row.Id, out var count) ? count.Runs : 0,
                active.GetValueOrDefault(row.Id),
                row.Created,
                count?.Updated ?? row.Created)),
        ];
    }

    private static IReadOnlyList<string> Values(IEnumerable<string?> values) =>
        [.. values.Where(value => !string.IsNullOrEmpty(value)).Select(value => value!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static Dictionary<string, string> LabelsOf(string lines) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split('=', 2))
        .DistinctBy(label => label[0], StringComparer.Ordinal)
        .ToDictionary(label => label[0], label => label.Length > 1 ? label[1] : "", StringComparer.Ordinal);
}
