using System.Text.Json.Serialization;

namespace MixPolicy.Agent.Batches;

/// <summary>How far a run is.</summary>
/// <param name="Batches">Decided so far.</param>
/// <param name="Rewarded">With a reward so far.</param>
/// <param name="LostBefore">Batches before this one are unknown to the policy: their rewards are logged and teach nothing.</param>
/// <param name="Images">Of each batch without a reward, in order; empty where nothing is learned, and rewards may never come.</param>
[method: JsonConstructor]
internal sealed record BatchProgress(long Batches, long Rewarded, long LostBefore, IReadOnlyList<int> Images)
{
    public BatchProgress()
        : this(0, 0, 0, [])
    {
    }

    public bool IsAt(long batches, long rewarded) => Batches == batches && Rewarded == rewarded;
}
