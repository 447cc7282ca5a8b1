using MixPolicy.Client;
using MixPolicy.Client.Batches;
using MixPolicy.Trainer.Training.Batches;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy.Batches;

/// <summary>
/// The batch decisions of a run over <see cref="AgentSession"/>. Batches are numbered as they are decided: one for which the agent did not answer has no number. The reward of a
/// batch travels with a later message, and stays here until the agent has confirmed it.
/// <para>
/// A number whose decision was made and lost, and is asked for again by a batch of another size, is given up: that batch is mixed as published, and the number gets the mean of
/// the last known reward, in its turn, so that the agent goes on.
/// </para>
/// </summary>
/// <remarks>
/// An epoch that runs again after a crash asks for the same numbers and gets the stored decisions; rewards that the agent has of its first life are not sent again. On a CPU, with
/// the same number of threads, they would be the same to the bit.
/// </remarks>
internal sealed partial class BatchSteering(AgentSession agent, BatchSteeringPlan plan, BatchSteeringState state) : IBatchSteering
{
    private readonly Lock _guard = new();
    private readonly List<EarnedReward> _unsent = [.. state.Unsent];

    // Answered and still in training: rewards go out in the order of the batches.
    private readonly SortedDictionary<long, BatchAnswer> _open = [];
    private float _latest;
    private long _next = state.Next;
    private long _rewarded = -1;

    public int Patches => BatchSteeringPlan.Patches;

    public BatchRewardKind Reward => plan.Reward;

    public bool Pipelined => plan.Pipelined;

    public BatchSteeringState State
    {
        get
        {
            lock (_guard)
            {
                return new(_next, [.. _unsent]);
            }
        }
    }

    public bool Takes(int images) => plan.Images is not { } bound || bound == images;

    public Task<BatchAnswer?> AskAsync(BatchView view, double progress, CancellationToken cancellationToken)
    {
        if (_sampler is not null)
        {
            return DecideHereAsync(view, progress, cancellationToken);
        }

        // What is earned from here on is of a step that this question did not wait for.
        var (batch, due, latest) = (_next, Due(), _latest);
        var observation = WireBatches.Observation(view, plan.SeesDraws, plan.Packing);
        return Task.Run(() => AskAsync(batch, observation, due, latest, progress, cancellationToken), cancellationToken);
    }

    public void Earn(BatchAnswer answer, float[] rewards)
    {
        float[] told = plan.OneReward && rewards.Length > 1 ? [rewards.Average()] : rewards;
        lock (_guard)
        {
            if (!_open.TryGetValue(answer.Batch, out var open) || !ReferenceEquals(open, answer))
            {
                // Its number was given back: the agent never heard of it.
                return;
            }

            _open.Remove(answer.Batch);
            _latest = told.Average();
            Keep(new(answer.Batch, told, Last: false));
        }
    }

    /// <summary>The epoch is over: the last reward it earned ends the episode.</summary>
    /// <returns>Done when the agent knows of every batch that has a number.</returns>
    public async Task EndEpochAsync()
    {
        await _reporting;
        lock (_guard)
        {
            if (_unsent is [.., var latest])
            {
                _unsent[^1] = latest with { Last = true };
            }
        }
    }

    /// <summary>Sends what was earned. Where the agent cannot be reached, that stays for the next message.</summary>
    /// <param name="progress">Fraction of the training that is done, in [0, 1].</param>
    public async Task SendRewardsAsync(double progress, CancellationToken cancellationToken)
    {
        if (Due() is { Count: > 0 } due)
        {
            await SendAsync(new() { Progress = progress }, due, cancellationToken);
        }
    }

    /// <summary>What the agent has not confirmed when the run ends, as one message.</summary>
    /// <param name="has">What the agent has; null where an old stream is still open.</param>
    public SteerBatchesRequest LastMessage(BatchGreeting? has) => WithRewards(new() { Progress = 1 }, Due(), has);

    /// <summary>The rewards that no batch in training stands before.</summary>
    private List<EarnedReward> Due()
    {
        lock (_guard)
        {
            return [.. _unsent.Where(reward => _open.Count == 0 || reward.Batch < _open.First().Key)];
        }
    }

    private void Keep(EarnedReward reward) => _unsent.Insert(_unsent.FindLastIndex(other => other.Batch < reward.Batch) + 1, reward);

    private async Task<BatchAnswer?> AskAsync(
        long batch, V1.BatchObservation observation, IReadOnlyList<EarnedReward> due, float latest, double progress, CancellationToken cancellationToken)
    {
        var message = new SteerBatchesRequest { Batch = batch, Observation = observation, Progress = progress };
        if (await SendAsync(message, due, cancellationToken) is not { } response)
        {
            return null;
        }

        // Under another number where the agent had lost some.
        batch = message.Batch;
        var answer = WireBatches.Answer(response, batch, observation.Images);
        lock (_guard)
        {
            _next = batch + 1;
            if (answer is null)
            {
                Keep(new(batch, [latest], Last: false));
            }
            else
            {
                _open.Add(batch, answer);
            }
        }

        return answer;
    }

    private async Task<SteerBatchesResponse?> SendAsync(SteerBatchesRequest message, IReadOnlyList<EarnedReward> due, CancellationToken cancellationToken)
    {
        var response = await agent.SteerBatchAsync(has => WithRewards(message, due, has), cancellationToken);
        if (response is { MessageCase: not SteerBatchesResponse.MessageOneofCase.None })
        {
            lock (_guard)
            {
                _unsent.RemoveAll(reward => reward.Batch <= _rewarded || message.Rewards.Any(sent => sent.Batch == reward.Batch));
            }
        }

        return response;
    }

    private SteerBatchesRequest WithRewards(SteerBatchesRequest message, IReadOnlyList<EarnedReward> due, BatchGreeting? has)
    {
        var rewards = due;
        if (has is { } told)
        {
            lock (_guard)
            {
                rewards = Fit(message, due, told);
            }

            _rewarded = told.Rewarded;
        }

        // What a new stream told that the agent has, it does not get again, however often an epoch is repeated.
        message.Rewards.Clear();
        message.Rewards.AddRange(rewards.Where(reward => reward.Batch > _rewarded).Select(WireBatches.Reward));
        return message;
    }
}
