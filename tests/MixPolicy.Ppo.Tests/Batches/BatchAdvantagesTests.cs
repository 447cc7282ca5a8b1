using MixPolicy.Ppo.Batches;

namespace MixPolicy.Ppo.Tests.Batches;

public sealed class BatchAdvantagesTests
{
    /// <summary>By hand, with γ = λ = 1/2: A = r + V'/2 − V + A'/4, and nothing of A' beyond an episode or the rollout.</summary>
    [Fact]
    public void Compute_InterleavedRuns_IsCutAtTheEndsOfEpisodesAndOfTheRollout()
    {
        BatchStep[] rollout =
        [
            Step(episode: 0, value: 2, nextValue: 1, last: false, 1),
            Step(episode: 1, value: 1, nextValue: 3, last: false, 1),
            Step(episode: 0, value: 1, nextValue: 0, last: true, 2, 4),
            Step(episode: 0, value: 4, nextValue: 2, last: false, 0),
            Step(episode: 1, value: 3, nextValue: 4, last: false, -1),
            Step(episode: 0, value: 2, nextValue: 6, last: false, 2),
        ];

        // Run 0: 3 − 1 = 2, then 1 + 1/2 − 2 + 2/4 = 0; after its episode's end 2 + 3 − 2 = 3, then 0 + 1 − 4 + 3/4 = −2.25.
        // Run 1: −1 + 2 − 3 = −2, then 1 + 3/2 − 1 − 2/4 = 1.
        BatchAdvantages.Compute(rollout, gamma: 0.5, lambda: 0.5).ShouldBe([0, 1, 2, -2.25f, -2, 3]);
    }

    private static BatchStep Step(long episode, float value, float nextValue, bool last, params float[] rewards) =>
        new($"{episode}", 0, episode, [], [0], null, [0], value) { Rewards = rewards, Last = last, NextValue = nextValue };
}
