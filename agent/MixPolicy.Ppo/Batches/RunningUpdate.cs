using MixPolicy.Ppo.Networks;

namespace MixPolicy.Ppo.Batches;

/// <summary>An update that runs, or has run and is not adopted.</summary>
/// <param name="AdoptAt">The count of decisions at which it is.</param>
/// <param name="Learned">Its outcome.</param>
internal sealed record RunningUpdate(long AdoptAt, Task<LearnedWeights> Learned);

/// <param name="Actor">The new policy.</param>
/// <param name="Diagnostics">By the names in <see cref="Learning.Diagnostics"/>.</param>
/// <param name="Took">Time it took to compute.</param>
internal sealed record LearnedWeights(IBatchActor Actor, Dictionary<string, double> Diagnostics, TimeSpan Took);
