using MixPolicy.Ppo.Distributions;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Tests.Distributions;

/// <summary>Expectations worked out by hand.</summary>
public sealed class HandComputedTests
{
    /// <summary>a with softplus(a) = 1, so that α = 1 + softplus(a) = 2.</summary>
    private static readonly float ForTwo = (float)Math.Log(Math.E - 1);

    /// <summary>softplus of this is 0 in float32: α = 1.</summary>
    private const float ForOne = -200;

    [Fact]
    public void Categorical_OddsOneToThree()
    {
        float[] logits = [0, MathF.Log(3)];

        new Categorical(2).LogProb(logits, [1]).ShouldBe(Math.Log(0.75), 1e-7);
        new Categorical(2).Readable(logits).ShouldBe([0.25f, 0.75f], 1e-6f);
        Evaluate(new Categorical(2), logits, [0]).ShouldBe((MathF.Log(0.25f), (float)-((0.25 * Math.Log(0.25)) + (0.75 * Math.Log(0.75)))), Close);
    }

    [Fact]
    public void MultiDiscrete_TwoCoinsAndADie_Sum() =>
        Evaluate(new MultiDiscrete(2, 2, 6), new float[10], [1, 0, 5]).ShouldBe((-MathF.Log(24), MathF.Log(24)), Close);

    [Fact]
    public void Gaussian_OneSigmaOff()
    {
        // μ = 1, σ = 2, a = 3: ln p = −½ − ln 2 − ½ ln 2π; H = ½ + ½ ln 2π + ln 2
        var halfLogTwoPi = 0.5 * Math.Log(2 * Math.PI);

        Evaluate(new DiagonalGaussian(1), [1, MathF.Log(2)], [3]).ShouldBe(((float)(-0.5 - Math.Log(2) - halfLogTwoPi), (float)(0.5 + halfLogTwoPi + Math.Log(2))), Close);
    }

    [Fact]
    public void Beta_OneOne_IsUniformOverItsRange()
    {
        var uniform = new BoundedBeta(-2, 6);

        Evaluate(uniform, [ForOne, ForOne], [5]).ShouldBe((-MathF.Log(8), MathF.Log(8)), Close);
    }

    [Fact]
    public void Beta_TwoTwo_AtItsMiddle()
    {
        // Beta(2, 2) has density 6 x (1 − x): 1.5 at ½, over a range of 4. H = ln B(2,2) − 2 ψ(2) + 2 ψ(4) = −ln 6 − 2 ψ(2) + 2 (ψ(2) + ½ + ⅓)
        var (logProb, entropy) = Evaluate(new BoundedBeta(0, 4), [ForTwo, ForTwo], [2]);

        logProb.ShouldBe((float)Math.Log(1.5 / 4), 1e-5f);
        entropy.ShouldBe((float)(-Math.Log(6) + (5.0 / 3) + Math.Log(4)), 1e-5f);
        var best = new float[1];
        new BoundedBeta(0, 4).Best([ForTwo, ForTwo], best);
        best[0].ShouldBe(2, 1e-5f);
    }

    [Fact]
    public void Hybrid_MaskedHeads_CountForNeitherLogProbNorEntropy()
    {
        var hybrid = MethodWithNumbers();
        float[] parameters = [0, 0, 0, ForTwo, ForTwo, ForOne, ForOne];
        var third = MathF.Log(3);
        var numberLogProb = (float)Math.Log(1.5);
        var numberEntropy = (float)(-Math.Log(6) + (5.0 / 3));

        Evaluate(hybrid, parameters, [0, 0.5f, 1]).ShouldBe((-third, third), Close);
        Evaluate(hybrid, parameters, [1, 0.5f, 1]).ShouldBe((-third + numberLogProb, third + numberEntropy), Close);
        Evaluate(hybrid, parameters, [2, 0.5f, 1]).ShouldBe((-third + numberLogProb - MathF.Log(2), third + numberEntropy + MathF.Log(2)), Close);
    }

    [Fact]
    public void Hybrid_MaskedHeads_GetNoGradient()
    {
        using var scope = NewDisposeScope();
        var parameters = tensor(new float[] { 0.1f, 0.2f, 0.3f, 1, 2, 3, 4 }, 1, 7, requires_grad: true);

        var (logProb, entropy) = MethodWithNumbers().Evaluate(parameters, tensor(new float[] { 1, 0.25f, 1 }, 1, 3));
        (logProb + entropy).sum().backward();

        var gradient = parameters.grad!.data<float>().ToArray();
        gradient[..5].ShouldAllBe(g => g != 0);
        gradient[5..].ShouldBe([0, 0]);
    }

    [Fact]
    public void Hybrid_DriverIsMasked_MasksWhatItDrives()
    {
        var hybrid = new Hybrid(
            new Head("a", new Categorical(2)),
            new Head("b", new Categorical(2), new Gate("a", 1)),
            new Head("c", new Categorical(2), new Gate("b", 1)));

        // b chose 1, but takes no part: neither does c.
        Evaluate(hybrid, new float[6], [0, 1, 1]).ShouldBe((-MathF.Log(2), MathF.Log(2)), Close);
        hybrid.LogProb(new float[6], [0, 1, 1]).ShouldBe(-Math.Log(2), 1e-9);
        hybrid.Describe(new float[6], [0, 1, 1]).Select(head => head.Active).ShouldBe([true, false, false]);
    }

    [Theory]
    [InlineData("missing", 0, "names 'missing'")]
    [InlineData("number", 0, "names 'number'")]
    [InlineData("method", 3, "allowed are 0 to 2")]
    public void Hybrid_ImpossibleGate_IsRefused(string driver, int choice, string why) =>
        Should.Throw<ArgumentException>(() => new Hybrid(
            new Head("method", new Categorical(3)),
            new Head("number", new BoundedBeta(0, 1)),
            new Head("gated", new BoundedBeta(0, 1), new Gate(driver, choice)))).Message.ShouldContain(why);

    private static Hybrid MethodWithNumbers() => new(
        new Head("method", new Categorical(3)),
        new Head("first", new BoundedBeta(0, 1), new Gate("method", 1, 2)),
        new Head("second", new BoundedBeta(0, 2), new Gate("method", 2)));

    private static (float LogProb, float Entropy) Evaluate(ActionDistribution distribution, float[] parameters, float[] action)
    {
        using var scope = NewDisposeScope();
        var (logProb, entropy) = distribution.Evaluate(tensor(parameters, 1, parameters.Length), tensor(action, 1, action.Length));
        return (logProb.item<float>(), entropy.item<float>());
    }

    private static IEqualityComparer<(float, float)> Close { get; } = EqualityComparer<(float, float)>.Create(
        (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-5 && Math.Abs(a.Item2 - b.Item2) < 1e-5, _ => 0);
}
