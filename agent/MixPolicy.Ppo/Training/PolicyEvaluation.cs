using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Randomness;

namespace MixPolicy.Ppo.Training;

/// <summary>Plays whole episodes with the policy's best actions, learning nothing.</summary>
public static class PolicyEvaluation
{
    /// <param name="episodes">≥ 1.</param>
    /// <param name="seed">Starts the episodes; give one that training has not seen.</param>
    /// <returns>The undiscounted return of each episode.</returns>
    public static double[] Run(PpoLearner learner, IEnvironment environment, int episodes, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        var returns = new double[episodes];
        var observation = new float[environment.Observations.Size];
        for (var episode = 0; episode < episodes; episode++)
        {
            var random = PpoStreams.Evaluation(seed, episode);
            environment.Reset(random, observation);
            StepResult result;
            do
            {
                result = environment.Step(learner.Best(observation), random, observation);
                returns[episode] += result.Reward;
            }
            while (!result.Terminated && !result.Truncated);
        }

        return returns;
    }
}
