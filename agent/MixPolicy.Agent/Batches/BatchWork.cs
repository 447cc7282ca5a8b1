using MixPolicy.Ppo.Batches;

namespace MixPolicy.Agent.Batches;

/// <summary>What a message asks of a learner, with nothing in it that was asked before.</summary>
/// <param name="Run">Name of the run.</param>
/// <param name="Rewards">Of the run's next batches without a reward, in order.</param>
/// <param name="Progress">In [0, 1].</param>
/// <param name="View">Of the run's next batch; null where nothing is to be decided.</param>
/// <param name="Taken">What the trainer has drawn for it; null where the policy draws.</param>
internal sealed record BatchWork(string Run, IReadOnlyList<BatchEarning> Rewards, double Progress, BatchView? View, BatchDraw? Taken);

/// <summary>What came of it.</summary>
/// <param name="Draw">The decision; null where nothing was decided.</param>
/// <param name="Updates">What adopted updates did.</param>
/// <param name="Adopted">Another policy acts from here on: its snapshot is due.</param>
internal sealed record BatchOutcome(BatchDraw? Draw, IReadOnlyList<BatchUpdate> Updates, bool Adopted);
