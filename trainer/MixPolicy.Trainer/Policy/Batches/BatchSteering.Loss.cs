using MixPolicy.Client.Batches;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy.Batches;

/// <summary>
/// Where the agent has less than this training was told: its decisions are flushed to the disk just after they are answered, so a power cut may take the last one, and what came with
/// it. Those numbers are given back, for the batches that come, and what was earned under them is forgotten.
/// </summary>
internal sealed partial class BatchSteering
{
    /// <summary>Makes a message fit what the agent has. Under the guard.</summary>
    /// <returns>The rewards to send with it.</returns>
    private List<EarnedReward> Fit(SteerBatchesRequest message, IReadOnlyList<EarnedReward> due, BatchGreeting has)
    {
        if (has.Decided < (message.Observation is null ? _next : message.Batch))
        {
            GiveBackFrom(has.Decided);
            message.Batch = has.Decided;
            if (message.Taken is not null)
            {
                // Drawn here, under a number that is given back: nothing to tell.
                (message.Observation, message.Taken) = (null, null);
            }
        }
        else if (message.Observation is not null)
        {
            _known = has.Decided;
        }

        // Rewards that the agent had confirmed, and lost. They are not kept here: the last known one stands for them.
        for (var batch = has.Rewarded + 1; batch < Math.Min(_next, has.Decided); batch++)
        {
            if (!_open.ContainsKey(batch) && _unsent.All(reward => reward.Batch != batch))
            {
                Keep(new(batch, [_latest], Last: false));
            }
        }

        return [.. _unsent.Where(reward => due is [.., var last] && reward.Batch <= last.Batch)];
    }
}
