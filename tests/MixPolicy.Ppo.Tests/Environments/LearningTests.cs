using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Training;

namespace MixPolicy.Ppo.Tests.Environments;

/// <summary>The short form of the benchmark <c>ppo-learning</c>.</summary>
public sealed class LearningTests
{
    /// <summary>
    /// Stable-Baselines3 with its defaults stands at a mean of 500, the most there is, at this step on each of its four recorded seeds
    /// (<c>sb3_ppo_cartpole_seed0</c> to <c>3</c> in golden/baselines.json). Asked for here is 475, where CartPole-v1 counts as solved.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Train_CartPoleWithDefaults_IsSolvedWhereStableBaselines3Is(ulong seed)
    {
        const int Steps = 26_624;
        var environments = new VectorEnvironment(Create, 1, seed);
        using var learner = new PpoLearner(environments.Observations, environments.Actions, new(), seed);
        var trainer = new PpoTrainer(learner, environments, new() { TotalSteps = 100_000 }, seed);

        trainer.TrainUntil(Steps, cancellationToken: TestContext.Current.CancellationToken);

        PolicyEvaluation.Run(learner, Create(), episodes: 20, seed).Average().ShouldBeGreaterThanOrEqualTo(475);

        static TimeLimit Create() => new(new CartPole(), CartPole.MaxSteps);
    }
}
