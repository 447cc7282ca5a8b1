using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Security.Access;
using MixPolicy.V1;

namespace MixPolicy.Agent.Front;

/// <summary>What is read from the database without asking an agent, as far as the caller may see it. Pages follow keys, so that rows added meanwhile shift nothing.</summary>
internal sealed class Listings(LogDatabase database, LeaseRules leases)
{
    private const string AllAgents = "agents";

    public async Task<V1.Agent> GetAgentAsync(AgentName name, Caller caller, CancellationToken cancellationToken)
    {
        await using var context = database.Read(caller);
        return (await context.Agents.SingleOrDefaultAsync(row => row.Id == name.Id, cancellationToken) ?? throw Refusal.NotFound(name.ToString())).ToMessage();
    }

    public async Task<Run> GetRunAsync(RunName name, Caller caller, CancellationToken cancellationToken)
    {
        await using var context = database.Read(caller);
        return (await context.Runs.Of(name).SingleOrDefaultAsync(cancellationToken) ?? throw Refusal.NotFound(name.ToString())).ToMessage(leases);
    }

    public async Task<ListAgentsResponse> ListAgentsAsync(ListAgentsRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var size = PageToken.Size(request.PageSize);
        var after = PageToken.Read(AllAgents, request.PageToken);
        await using var context = database.Read(caller);
        var rows = await context.Agents.Where(row => string.Compare(row.Id, after) > 0).OrderBy(row => row.Id).Take(size + 1).ToListAsync(cancellationToken);
        var response = new ListAgentsResponse { NextPageToken = rows.Count > size ? PageToken.After(AllAgents, rows[size - 1].Id) : "" };
        response.Agents.AddRange(rows.Take(size).Select(WireMessages.ToMessage));
        return response;
    }

    public async Task<ListRunsResponse> ListRunsAsync(ListRunsRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var parent = AgentName.ParseOrAny("parent", request.Parent);
        var size = PageToken.Size(request.PageSize);
        var listing = $"{parent}/runs";
        var token = PageToken.Read(listing, request.PageToken);
        await using var context = database.Read(caller);
        var runs = context.Runs.AsQueryable();
        if (parent != AgentName.Any)
        {
            await GetAgentAsync(parent, caller, cancellationToken);
            runs = runs.Where(row => row.AgentId == parent.Id);
        }

        if (token.Length > 0)
        {
            var after = RunName.Parse("page_token", token);
            runs = runs.Where(row => string.Compare(row.AgentId, after.Agent) > 0 || (row.AgentId == after.Agent && string.Compare(row.RunId, after.Id) > 0));
        }

        var rows = await runs.OrderBy(row => row.AgentId).ThenBy(row => row.RunId).Take(size + 1).ToListAsync(cancellationToken);
        var response = new ListRunsResponse { NextPageToken = rows.Count > size ? PageToken.After(listing, rows[size - 1].Name.ToString()) : "" };
        response.Runs.AddRange(rows.Take(size).Select(row => row.ToMessage(leases)));
        return response;
    }

    public async Task<ListDecisionsResponse> ListDecisionsAsync(ListDecisionsRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var run = RunName.Parse("parent", request.Parent);
        var size = PageToken.Size(request.PageSize);
        var listing = $"{run}/decisions";
        var token = PageToken.Read(listing, request.PageToken);
        var after = token.Length == 0 ? -1 : int.TryParse(token, CultureInfo.InvariantCulture, out var interval)
            ? interval
            : throw Refusal.Invalid("page_token", request.PageToken, $"the next_page_token of a page of {listing}, or empty");
        await GetRunAsync(run, caller, cancellationToken);
        await using var context = database.Read(caller);
        var rows = await context.Intervals(run)
            .Where(row => row.Decided.Interval > after)
            .OrderBy(row => row.Decided.Interval)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        var response = new ListDecisionsResponse
        {
            NextPageToken = rows.Count > size ? PageToken.After(listing, rows[size - 1].Decided.Interval!.Value.ToString(CultureInfo.InvariantCulture)) : "",
        };
        response.Decisions.AddRange(rows.Take(size).Select(row => row.Decided.ToMessage(row.Reported)));
        return response;
    }
}
