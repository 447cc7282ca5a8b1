using MixPolicy.Trainer.Training.Batches;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy.Batches;

/// <summary>
/// The batch decisions of a run over <see cref="AgentSession"/>. Batches are numbered as they are decided: one for which the agent did not answer has no number. The reward of a
/// batch travels with a later message, and stays here until the agent has confirmed it.
/// </summary>
/// <remarks>
/// An epoch that runs again after a crash asks for the same numbers and gets the stored decisions; rewards that the agent has of its first life are not sent again. On a CPU, with
/// the same number of threads, they would be the same to the bit.
/// </remarks>
internal sealed class BatchSteering(AgentSession agent, BatchSteeringPlan plan, BatchSteeringState state) : IBatchSteering
{
    private readonly Lock _guard = new();
    private readonly List<EarnedReward> _unsent = [.. state.Unsent];
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
        // What is earned from here on is of a step that this question did not wait for.
        var (batch, due) = (_next, State.Unsent);
        var observation = WireBatches.Observation(view, plan.SeesDraws);
        return Task.Run(() => AskAsync(batch, observation, due, progress, cancellationToken), cancellationToken);
    }

    public void Earn(BatchAnswer answer, float[] rewards)
    {
        float[] told = plan.OneReward && rewards.Length > 1 ? [rewards.Average()] : rewards;
        lock (_guard)
        {
            _unsent.Add(new(answer.Batch, told, Last: false));
        }
    }

    /// <summary>The epoch is over: sends what it earned. Where the agent cannot be reached, that stays for the next message.</summary>
    /// <param name="progress">Fraction of the training that is done, in [0, 1].</param>
    public async Task EndEpochAsync(double progress, CancellationToken cancellationToken)
    {
        lock (_guard)
        {
            if (_unsent is [.., var latest])
            {
                _unsent[^1] = latest with { Last = true };
            }
        }

        if (State.Unsent is { Count: > 0 } due)
        {
            await SendAsync(new() { Progress = progress }, due, cancellationToken);
        }
    }

    private async Task<BatchAnswer?> AskAsync(
        long batch, V1.BatchObservation observation, IReadOnlyList<EarnedReward> due, double progress, CancellationToken cancellationToken)
    {
        if (await SendAsync(new() { Batch = batch, Observation = observation, Progress = progress }, due, cancellationToken) is not { } response)
        {
            return null;
        }

        var answer = WireBatches.Answer(response, batch, observation.Images);
        lock (_guard)
        {
            _next = batch + 1;
        }

        return answer;
    }

    private async Task<SteerBatchesResponse?> SendAsync(SteerBatchesRequest message, IReadOnlyList<EarnedReward> due, CancellationToken cancellationToken)
    {
        var response = await agent.SteerBatchAsync(rewarded =>
        {
            // A new stream tells what the agent has: that it does not get again, however often an epoch is repeated.
            _rewarded = Math.Max(_rewarded, rewarded ?? -1);
            message.Rewards.Clear();
            message.Rewards.AddRange(due.Where(reward => reward.Batch > _rewarded).Select(WireBatches.Reward));
            return message;
        }, cancellationToken);
        if (response is not null)
        {
            lock (_guard)
            {
                _unsent.RemoveAll(reward => due.Any(sent => sent.Batch == reward.Batch));
            }
        }

        return response;
    }
}
