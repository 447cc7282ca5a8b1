using MixPolicy.Agent.Learning;
using MixPolicy.Agent.Learning.Validation;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Learning;

/// <summary>Does a policy find what pays? All with default settings, in simulated trainings, with fixed seeds.</summary>
public sealed class LearningTests
{
    private const double Slow = 0.03;
    private const double Fast = 0.15;

    public static TheoryData<ulong> Seeds => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Ppo_OneMethodPays_IsChosenMoreOftenWithin600Decisions(ulong seed) =>
        Share(new() { Ppo = new(), Seed = seed }, 600, IsInputMixup).ShouldBeGreaterThan(0.45);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bandit_OneMethodPays_IsChosenMostOftenWithin300Decisions(ulong seed) =>
        Share(new() { Bandit = new(), Seed = seed }, 300, IsInputMixup).ShouldBeGreaterThan(0.6);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Ppo_LargeAlphaPays_IsDrawnMoreOftenWithin800Decisions(ulong seed) =>
        Share(WithInputMixupAlone(new() { Ppo = new(), Seed = seed }), 800, HasLargeAlpha).ShouldBeGreaterThan(0.6);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bandit_LargeAlphaPays_IsDrawnMostOftenWithin300Decisions(ulong seed) =>
        Share(WithInputMixupAlone(new() { Bandit = new(), Seed = seed }), 300, HasLargeAlpha).ShouldBeGreaterThan(0.6);

    [Fact]
    public void Random_LearnsNothing()
    {
        Share(new() { Random = new() }, 600, IsInputMixup).ShouldBeInRange(0.15, 0.35);
        Share(WithInputMixupAlone(new() { Random = new() }), 600, HasLargeAlpha).ShouldBeInRange(0.18, 0.48);
    }

    private static bool IsInputMixup(Choice choice) => choice.Method == Method.InputMixup;

    // The upper third of [0.1, 4] on its logarithmic scale.
    private static bool HasLargeAlpha(Choice choice) => choice.LambdaAlpha > 4 / Math.Pow(40, 1 / 3.0);

    private static AgentSpec WithInputMixupAlone(AgentSpec spec)
    {
        spec.ActionSpace = new() { Methods = { Method.InputMixup } };
        return spec;
    }

    /// <summary>How many of the last 100 decisions are what pays.</summary>
    private static double Share(AgentSpec spec, int decisions, Func<Choice, bool> pays)
    {
        using var mind = new AgentMind(AgentSpecDefaults.Fill(spec));
        var training = new SimulatedTraining(seed: 5, choice => pays(choice) ? Fast : Slow);
        training.Train(mind, decisions);
        return training.Choices.TakeLast(100).Count(pays) / 100.0;
    }
}
