using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Ppo.Training;

namespace MixPolicy.Ppo.Tests.Environments;

public sealed class IdentityTests
{
    private const double Solved = 0.9;

    [Fact]
    public void Train_Categorical_IsSolved() => Train(() => Identity.Discrete(4), 4_000).ShouldBeGreaterThanOrEqualTo(Solved);

    [Fact]
    public void Train_MultiDiscrete_IsSolved() => Train(() => Identity.Several(3, 2, 4), 8_000).ShouldBeGreaterThanOrEqualTo(Solved);

    [Fact]
    public void Train_BoundedContinuous_IsSolved() => Train(() => Identity.Bounded(-3, 5), 12_000).ShouldBeGreaterThanOrEqualTo(Solved);

    [Fact]
    public void Train_Gaussian_IsSolved() => Train(Identity.Gaussian, 12_000).ShouldBeGreaterThanOrEqualTo(Solved);

    [Fact]
    public void Train_HybridWithMasksAndDictionary_IsSolved() => Train(Identity.HybridWithMasks, 24_000).ShouldBeGreaterThanOrEqualTo(Solved);

    /// <summary>Mean reward a step of the trained policy, where 1 is the optimum.</summary>
    private static double Train(Func<IEnvironment> create, long steps)
    {
        // What an action earns does not depend on those before it: γ = 0.
        var options = new PpoOptions { Gamma = 0, LearningRate = Schedule.Linear(2e-3), MinibatchSize = 128 };
        var environments = new VectorEnvironment(create, 8, seed: 1);
        using var learner = new PpoLearner(environments.Observations, environments.Actions, options, seed: 1);
        var trainer = new PpoTrainer(learner, environments, new() { StepsPerUpdate = 64, TotalSteps = steps }, seed: 1);

        trainer.TrainUntil(steps, cancellationToken: TestContext.Current.CancellationToken);

        return PolicyEvaluation.Run(learner, create(), episodes: 20, seed: 1_000).Average() / Identity.Length;
    }
}
