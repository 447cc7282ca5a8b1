using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Ppo.Training;

namespace MixPolicy.Ppo.Tests.Environments;

/// <summary>The short form of the benchmark <c>ppo-learning</c>: a third of its steps on CartPole.</summary>
public sealed class LearningTests
{
    [Fact]
    public void Train_CartPole_BalancesForMostOfAnEpisode()
    {
        const int Steps = 32_768;
        var options = new PpoOptions
        {
            MinibatchSize = 256,
            Epochs = 20,
            Gamma = 0.98,
            GaeLambda = 0.8,
            LearningRate = Schedule.Linear(1e-3),
            ClipRange = Schedule.Linear(0.2),
        };
        var environments = new VectorEnvironment(Create, 8, seed: 1);
        using var learner = new PpoLearner(environments.Observations, environments.Actions, options, seed: 1);
        var trainer = new PpoTrainer(learner, environments, new() { StepsPerUpdate = 32, TotalSteps = Steps }, seed: 1);

        trainer.TrainUntil(Steps, cancellationToken: TestContext.Current.CancellationToken);

        PolicyEvaluation.Run(learner, Create(), episodes: 20, seed: 1_000).Average().ShouldBeGreaterThan(300);

        static IEnvironment Create() => new TimeLimit(new CartPole(), CartPole.MaxSteps);
    }
}
