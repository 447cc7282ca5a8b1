using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Networks;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Ppo.Rollouts;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Tests.Learning;

public sealed class PpoUpdateTests
{
    private static readonly Categorical TwoChoices = new(2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_OneSampleOrEqualAdvantages_LeavesFiniteWeights(int samples)
    {
        var (weights, diagnostics) = Update(Batch(samples, advantage: 3), new() { Epochs = 3 });

        weights.ShouldAllBe(weight => float.IsFinite(weight));
        diagnostics[Diagnostics.PolicyLoss].ShouldNotBe(double.NaN);
    }

    [Fact]
    public void Run_OneSample_LearnsFromItsAdvantageAsItIs()
    {
        var (_, diagnostics) = Update(Batch(1, advantage: 3), new() { Epochs = 1 });

        // ρ = 1 at the first step: L = −1 · 3
        diagnostics[Diagnostics.PolicyLoss].ShouldBe(-3, 1e-5);
    }

    [Fact]
    public void Run_LastMinibatchOfOne_LeavesFiniteWeights()
    {
        var (weights, diagnostics) = Update(Batch(5, advantage: 1), new() { Epochs = 1, MinibatchSize = 2 });

        weights.ShouldAllBe(weight => float.IsFinite(weight));
        diagnostics[Diagnostics.GradientSteps].ShouldBe(3);
    }

    [Fact]
    public void Run_GradientOverflows_TakesNoStep()
    {
        var (weights, diagnostics) = Update(Batch(4, advantage: 1e30f), new() { Epochs = 2 });

        weights.ShouldAllBe(weight => float.IsFinite(weight));
        diagnostics[Diagnostics.GradientSteps].ShouldBe(0);
    }

    [Fact]
    public void Run_KlAboveTarget_StopsBeforeTheStep()
    {
        // Old log-probabilities that never were: KL is far above the target from the first minibatch on.
        var batch = Batch(8, advantage: 1) with { LogProbs = [.. Enumerable.Repeat(-3f, 8)] };
        var (before, _) = Update(batch, new() { Epochs = 5, TargetKl = 0.01, LearningRate = Schedule.Constant(1e-12) });

        var (weights, diagnostics) = Update(batch, new() { Epochs = 5, TargetKl = 0.01 });

        diagnostics[Diagnostics.GradientSteps].ShouldBe(0);
        diagnostics[Diagnostics.ApproximateKl].ShouldBeGreaterThan(0.015);
        weights.ShouldBe(before);
    }

    [Fact]
    public void Run_KlBelowTarget_TakesEveryStep()
    {
        var (_, diagnostics) = Update(Batch(8, advantage: 1), new() { Epochs = 5, TargetKl = 0.5 });

        diagnostics[Diagnostics.GradientSteps].ShouldBe(5);
    }

    [Fact]
    public void Run_Schedules_FollowWhatIsLeft()
    {
        var options = new PpoOptions { LearningRate = Schedule.Linear(1e-3), ClipRange = new Schedule(0.4, Power: 2) };

        var (_, diagnostics) = Update(Batch(4, advantage: 1), options, remaining: 0.5);

        diagnostics[Diagnostics.LearningRate].ShouldBe(5e-4, 1e-12);
        diagnostics[Diagnostics.ClipRange].ShouldBe(0.1, 1e-12);
    }

    [Fact]
    public void Schedule_Kinds_AreWhatTheySay()
    {
        Schedule.Constant(3).At(0).ShouldBe(3);
        Schedule.Linear(3).At(0.25).ShouldBe(0.75);
        new Schedule(1, Power: 0.9).At(0.5).ShouldBe(Math.Pow(0.5, 0.9));
    }

    [Fact]
    public void Options_OutOfRange_NameTheFieldTheValueAndWhatIsAllowed()
    {
        Should.Throw<ArgumentException>(() => new PpoOptions { Gamma = 1.5 }.Validate()).Message.ShouldContain("Gamma is 1.5; allowed is 0 to 1");
        Should.Throw<ArgumentException>(() => new PpoOptions { GaeLambda = double.NaN }.Validate()).Message.ShouldContain("GaeLambda");
        Should.Throw<ArgumentException>(() => new PpoOptions { MinibatchSize = 0 }.Validate()).Message.ShouldContain("MinibatchSize");
        Should.Throw<ArgumentException>(() => new PpoOptions { LearningRate = Schedule.Constant(0) }.Validate()).Message.ShouldContain("LearningRate");
        new PpoOptions().Validate();
    }

    private static TrainingBatch Batch(int samples, float advantage)
    {
        var random = new RandomStream(1);
        return new(
            [.. Enumerable.Range(0, samples * 3).Select(_ => (float)random.Gaussian())],
            [.. Enumerable.Range(0, samples).Select(i => (float)(i % 2))],
            [.. Enumerable.Repeat(MathF.Log(0.5f), samples)],
            new float[samples],
            [.. Enumerable.Repeat(advantage, samples)]);
    }

    private static (float[] Weights, Dictionary<string, double> Diagnostics) Update(TrainingBatch batch, PpoOptions options, double remaining = 1)
    {
        // The policy is exactly even, as the old log-probabilities say: its last layer is 0.
        using var network = new MlpActorCritic(3, TwoChoices, [8], new RandomStream(2));
        using (TorchSharp.torch.no_grad())
        {
            network.Parameters["policy.1.weight"].zero_();
        }

        using var adam = new Adam(network.Parameters);
        var diagnostics = PpoUpdate.Run(network, TwoChoices, adam, batch, options, remaining, new RandomStream(3));
        return (network.Parameters.ToArray(), diagnostics);
    }
}
