using MixPolicy.Ppo.Rollouts;

namespace MixPolicy.Ppo.Batches;

/// <summary>Advantages of batches: generalised advantage estimation along each run, cut where an episode ends and where the rollout does.</summary>
internal static class BatchAdvantages
{
    /// <param name="rollout">Steps of interleaved runs, each run's in order.</param>
    /// <returns>One a step, of the mean of its rewards.</returns>
    public static float[] Compute(IReadOnlyList<BatchStep> rollout, double gamma, double lambda)
    {
        var advantages = new float[rollout.Count];
        foreach (var run in Enumerable.Range(0, rollout.Count).GroupBy(i => rollout[i].Episode))
        {
            var segment = new List<int>();
            foreach (var i in run)
            {
                segment.Add(i);
                if (rollout[i].Last)
                {
                    Finish(segment);
                }
            }

            Finish(segment);
        }

        return advantages;

        void Finish(List<int> segment)
        {
            if (segment.Count == 0)
            {
                return;
            }

            var ofSegment = new float[segment.Count];
            float[] rewards = [.. segment.Select(i => rollout[i].Rewards.Average())];
            float[] values = [.. segment.Select(i => rollout[i].Value)];
            GeneralizedAdvantage.Compute(rewards, values, rollout[segment[^1]].NextValue, gamma, lambda, ofSegment);
            for (var k = 0; k < segment.Count; k++)
            {
                advantages[segment[k]] = ofSegment[k];
            }

            segment.Clear();
        }
    }
}
