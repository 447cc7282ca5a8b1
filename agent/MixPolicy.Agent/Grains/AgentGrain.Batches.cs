using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Batches;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Telemetry;
using MixPolicy.Ppo.Batches;
using MixPolicy.V1;

namespace MixPolicy.Agent.Grains;

/// <summary>Decisions and rewards of batches.</summary>
internal sealed partial class AgentGrain
{
    public async Task<byte[]> SteerBatch(BatchQuestion question)
    {
        var asked = Stopwatch.GetTimestamp();
        var run = await ExistingAsync(RunName.Parse("run", question.Run));
        leases.Demand(run, question.LeaseToken);
        var batches = _batches ?? throw Refusal.OutOfOrder($"{Name} does not decide batch by batch: its policy is not rl_mix or rl_mix_set.");
        if (question.View is { } view)
        {
            batches.Fit.Demand(view);
        }

        var fresh = await FreshRewardsAsync(run, question.Rewards);
        if (batches.Spec.Frozen)
        {
            await DemandFitAsync(run, fresh, batches.Fit);
        }

        var decides = question.View is not null && DemandNext(run, question.Batch, fresh.Count, batches.Spec.Frozen);
        var stored = question.View is null || decides ? null : await StoredAsync(run, question, batches.Fit);
        if (!decides && fresh.Count == 0)
        {
            await RenewAsync(run);
            if (stored is not null)
            {
                _measures!.Repeated(Labels.Batch);
            }

            return Wire(Answer(run, stored, batches.Fit));
        }

        if (run.Finished is not null)
        {
            throw Refusal.OutOfOrder($"{run.Name} is finished: no batch after {run.Batches - 1} is expected, and no reward.");
        }

        var transaction = new LogTransaction(Existing(), leases.Renewed(run), clock.Now);
        var (adopted, decided, updates) = (false, (BatchRow?)null, (IReadOnlyList<BatchUpdate>)[]);
        await CommitAsync(transaction, () => batches.RunAsync(learner =>
        {
            var outcome = learner.Do(Work(question, fresh, decides, learner, batches.Fit));
            (adopted, updates) = (outcome.Adopted, outcome.Updates);
            decided = Log(transaction, run, question, fresh, outcome, batches.Fit);
            transaction.AppendAhead(database);
            return true;
        }));
        // As with a snapshot: while the reply is on its way, before the next decision.
        _ = batches.FlushAsync();
        Measure(fresh, updates, decided, asked);
        if (adopted && !batches.Spec.Frozen)
        {
            _ = batches.SaveAsync();
        }

        return Wire(Answer(transaction.Run, decided ?? stored, batches.Fit));
    }

    /// <summary>
    /// Lets go of what waits for rewards in runs whose lease has lapsed. When another run starts, so that an agent holds no more than the runs under way, however many trainers
    /// vanish. Nothing of the log changes, so it needs no commit.
    /// </summary>
    private async Task AbandonStaleAsync(BatchHost batches)
    {
        await using var context = database.ReadAll();
        var id = Name.Id;
        var open = await context.Runs.Where(row => row.AgentId == id && row.Finished == null && row.Batches > 0).ToListAsync();
        string[] stale = [.. open.Where(row => leases.StateOf(row) == RunState.Stale).Select(row => row.Name.ToString())];
        if (stale.Length > 0)
        {
            await batches.RunAsync(learner =>
            {
                Array.ForEach(stale, learner.Abandon);
                return true;
            });
        }
    }

    private void Measure(IReadOnlyList<BatchEarning> earned, IReadOnlyList<BatchUpdate> updates, BatchRow? decided, long asked)
    {
        foreach (var reward in earned)
        {
            _measures!.Rewarded(Labels.Batch, reward.Rewards.Average());
        }

        foreach (var update in updates)
        {
            _measures!.Updated(Labels.Batch, update.Version, update.Diagnostics, update.Took);
        }

        if (decided is not null)
        {
            _measures!.Decided(Labels.Batch, decided.Method, asked);
        }
    }

    private static BatchWork Work(BatchQuestion question, IReadOnlyList<BatchEarning> fresh, bool decides, BatchLearner learner, BatchFit fit)
    {
        var view = decides ? question.View : null;
        var taken = view is null || question.Taken is null
            ? null
            : fit.DemandDrawn(BatchDecision.Parser.ParseFrom(question.Taken), question.Batch, view.Images, learner.Policy.Version);
        return new(question.Run, fresh, question.Progress, view, taken);
    }

    /// <returns>The row of the batch decided, or null.</returns>
    private BatchRow? Log(
        LogTransaction transaction, RunRow run, BatchQuestion question, IReadOnlyList<BatchEarning> fresh, BatchOutcome outcome, BatchFit fit)
    {
        foreach (var (batch, rewards, last) in fresh)
        {
            transaction.BatchRewarded(new(batch, PackedNumbers.Pack(rewards), last));
        }

        foreach (var update in outcome.Updates)
        {
            transaction.UpdatedTo(Message(update));
        }

        if (outcome.Draw is not { } draw)
        {
            return null;
        }

        var row = new BatchRow
        {
            AgentId = run.AgentId,
            RunId = run.RunId,
            Batch = question.Batch,
            Time = clock.Now,
            Bins = draw.Bins,
            Method = fit.MethodOf(draw),
            PolicyVersion = draw.Version,
            LogProbability = draw.LogProbability,
            Value = draw.Value,
        };
        transaction.BatchDecided(row);
        return row;
    }

    /// <summary>The rewards that are not taken in yet. Those that are must be the same.</summary>
    private async Task<IReadOnlyList<BatchEarning>> FreshRewardsAsync(RunRow run, BatchEarning[] rewards)
    {
        var (repeated, fresh) = (new List<BatchEarning>(), new List<BatchEarning>());
        foreach (var reward in rewards)
        {
            var next = run.Rewarded + fresh.Count;
            if (reward.Batch < run.Rewarded && fresh.Count == 0)
            {
                repeated.Add(reward);
            }
            else if (reward.Batch != next)
            {
                throw Refusal.OutOfOrder($"{run.Name}: a reward of batch {reward.Batch} came; the next expected is that of batch {next}.");
            }
            else if (reward.Batch >= run.Batches)
            {
                throw Refusal.OutOfOrder($"{run.Name}: a reward of batch {reward.Batch} came, which is not decided; the next batch to decide is {run.Batches}.");
            }
            else
            {
                fresh.Add(reward);
            }
        }

        var logged = await RowsAsync(run, repeated);
        repeated.ForEach(reward => DemandSame(run, reward, logged[reward.Batch]));
        return fresh;
    }

    /// <summary>The rewards fit their batches. Where the policy learns, its learner knows their sizes.</summary>
    private async Task DemandFitAsync(RunRow run, IReadOnlyList<BatchEarning> fresh, BatchFit fit)
    {
        var decided = await RowsAsync(run, fresh);
        foreach (var reward in fresh)
        {
            fit.Demand(reward, decided[reward.Batch].Bins.Length);
        }
    }

    /// <summary>The decided batches of some rewards, in one query.</summary>
    private async Task<Dictionary<long, BatchRow>> RowsAsync(RunRow run, IReadOnlyList<BatchEarning> rewards)
    {
        if (rewards.Count == 0)
        {
            return [];
        }

        long[] batches = [.. rewards.Select(reward => reward.Batch)];
        await using var context = database.ReadAll();
        return await context.Batches.Of(run.Name).Where(row => batches.Contains(row.Batch)).ToDictionaryAsync(row => row.Batch);
    }

    private static void DemandSame(RunRow run, BatchEarning given, BatchRow logged)
    {
        if (!logged.Rewards.AsSpan().SequenceEqual(PackedNumbers.Pack(given.Rewards)) || logged.Last != given.Last)
        {
            var there = PackedNumbers.Unpack(logged.Rewards!, Packing.Float32);
            var different = Enumerable.Range(0, Math.Min(there.Length, given.Rewards.Length)).Where(i => there[i] != given.Rewards[i]).Select(i => $"rewards[{i}]: {there[i]:G9} there, {given.Rewards[i]:G9} given");
            throw Refusal.Differs(
                $"The reward of batch {given.Batch} of {run.Name}",
                [
                    .. there.Length == given.Rewards.Length ? Array.Empty<string>() : [$"rewards: {there.Length} numbers there, {given.Rewards.Length} given"],
                    .. logged.Last == given.Last ? Array.Empty<string>() : [$"last: {logged.Last} there, {given.Last} given"],
                    .. different.Take(1),
                ]);
        }
    }

    /// <summary>Whether a batch is the next to decide; one before is asked again.</summary>
    private static bool DemandNext(RunRow run, long batch, int rewarded, bool frozen)
    {
        if (batch < run.Batches)
        {
            return false;
        }

        if (batch > run.Batches)
        {
            throw Refusal.OutOfOrder($"{run.Name}: batch {batch} was asked for; the next expected batch is {run.Batches}.");
        }

        return frozen || run.Batches - run.Rewarded - rewarded < Ppo.Batches.BatchPolicy.MostOpen
            ? true
            : throw Refusal.OutOfOrder($"{run.Name}: {Ppo.Batches.BatchPolicy.MostOpen} batches are without a reward; the next expected is that of batch {run.Rewarded}.");
    }

    /// <summary>A batch decided before, asked for again. What its decision was made for must be the same, as far as the log has it.</summary>
    private async Task<BatchRow> StoredAsync(RunRow run, BatchQuestion question, BatchFit fit)
    {
        await using var context = database.ReadAll();
        var stored = await context.Batches.Of(run.Name).SingleAsync(row => row.Batch == question.Batch);
        var differences = new List<string>();
        if (question.View!.Images != stored.Bins.Length)
        {
            differences.Add($"observation.images: {stored.Bins.Length} there, {question.View.Images} given");
        }

        if (question.Taken is { } taken)
        {
            differences.AddRange(Differences.Between("taken", stored.ToMessage(fit.Bins), BatchDecision.Parser.ParseFrom(taken)));
        }

        var other = question.View.Images != stored.Bins.Length;
        return differences.Count == 0
            ? stored
            : throw Refusal.Differs(
                $"The decision of batch {question.Batch} of {run.Name}", differences, $"The next expected batch is {run.Batches}.", other ? Refusal.BatchImagesDiffer : null);
    }

    private static SteerBatchesResponse Answer(RunRow run, BatchRow? decided, BatchFit fit) =>
        decided is null ? new() { Rewarded = run.Rewarded - 1, Batches = run.Batches } : new() { Decision = decided.ToMessage(fit.Bins) };

    private static PolicyUpdate Message(BatchUpdate update)
    {
        var message = new PolicyUpdate { PolicyVersion = update.Version };
        // What does not exist this time (the explained variance of equal returns) is left out.
        foreach (var (name, value) in update.Diagnostics.Where(entry => double.IsFinite(entry.Value)))
        {
            message.Diagnostics.Add(name, value);
        }

        return message;
    }
}
