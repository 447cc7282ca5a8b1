using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Security.Access;
using MixPolicy.Ppo.Learning;

namespace MixPolicy.Agent.Grains;

/// <summary>A learned policy, carried from agent to agent.</summary>
internal sealed partial class AgentGrain
{
    public async Task<byte[]?> ExportPolicy(long? newerThan)
    {
        Existing();
        var exported = _batches is { } batches
            ? await batches.RunAsync(learner => learner.Policy.Version > (newerThan ?? -1) ? learner.Policy.Export() : null)
            : await _mind!.RunAsync(mind =>
            {
                var policy = mind.Transferable ?? throw NothingLearned();
                return mind.PolicyVersion > (newerThan ?? -1) ? policy.Export() : null;
            });
        if (exported is not null)
        {
            audit.PolicyExported(Caller.Current!, Name);
        }

        return exported;
    }

    public async Task<byte[]> ImportPolicy(byte[] policy)
    {
        var agent = Existing();
        await using var context = database.ReadAll();
        var before = await context.Imports.SingleOrDefaultAsync(row => row.AgentId == agent.Id);
        if (before is not null && before.Policy.AsSpan().SequenceEqual(policy))
        {
            return Wire(agent.ToMessage());
        }

        if (agent.Decisions > 0 || agent.Batches > 0)
        {
            throw Refusal.OutOfOrder(
                $"{Name} has decided {agent.Decisions} intervals and {agent.Batches} batches: only an agent that has decided nothing takes a policy over.");
        }

        var version = _batches is { } batches
            ? await batches.RunAsync(learner => Import(learner.Policy, policy))
            : await _mind!.RunAsync(mind => Import(mind.Transferable ?? throw NothingLearned(), policy));
        // A snapshot from before would be without it, whenever the service ends: nothing is decided yet, so the log has all the rest.
        await DiscardAsync();
        RemoveSnapshots(agent);
        var imported = agent with { PolicyVersion = version };
        var row = new ImportRow { AgentId = agent.Id, Time = clock.Now, Policy = policy };
        await CommitAsync(change =>
        {
            change.Agents.Update(imported);
            _ = before is null ? change.Imports.Add(row) : change.Imports.Update(row);
        });
        _agent = imported;
        audit.PolicyImported(Caller.Current!, Name);
        return Wire(imported.ToMessage());
    }

    /// <returns>The updates it has behind it.</returns>
    private static long Import(ITransferablePolicy learner, byte[] policy)
    {
        try
        {
            learner.Import(policy);
            return PolicyFile.ReadHeader(policy).Version;
        }
        catch (PolicyFileException e)
        {
            throw Refusal.Invalid([new("piece.data", "not a policy for this agent", $"a whole policy of the kind {learner.Kind}; {e.Message}")]);
        }
    }

    private RefusalException NothingLearned() => Refusal.OutOfOrder($"{Name} has no policy that learns as ppo, rl_mix and rl_mix_set do: there is nothing to carry.");
}
