using MixPolicy.Ppo.Distributions;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Tests.Distributions;

/// <summary>What holds for every distribution: the plain code that acts and the tensor code that learns are one function, and draws follow it.</summary>
public sealed class DistributionTests
{
    private static readonly Dictionary<string, ActionDistribution> All = new ActionDistribution[]
    {
        new Categorical(4),
        new MultiDiscrete(3, 3),
        new MultiDiscrete(2, 5, 1),
        new DiagonalGaussian(3),
        new BoundedBeta([-1, 0.1f], [1, 4]),
        new Hybrid(
            new Head("method", new Categorical(3)),
            new Head("first", new BoundedBeta(0, 1), new Gate("method", 1, 2)),
            new Head("kind", new Categorical(2), new Gate("method", 2)),
            new Head("second", new DiagonalGaussian(2), new Gate("kind", 1))),
    }.ToDictionary(distribution => distribution.Description);

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void LogProb_OfDraws_IsTheSameInPlainCodeAndInTensors(string name)
    {
        using var scope = NewDisposeScope();
        var (distribution, random) = (All[name], new RandomStream(11));
        const int Rows = 64;
        var parameters = Gaussians(random, Rows * distribution.ParameterCount);
        var actions = new float[Rows * distribution.ActionSize];
        var plain = new double[Rows];
        for (var row = 0; row < Rows; row++)
        {
            var p = parameters.AsSpan(row * distribution.ParameterCount, distribution.ParameterCount);
            var a = actions.AsSpan(row * distribution.ActionSize, distribution.ActionSize);
            distribution.Sample(p, random, a);
            distribution.Check(a);
            plain[row] = distribution.LogProb(p, a);
        }

        var (logProb, entropy) = distribution.Evaluate(tensor(parameters, Rows, distribution.ParameterCount), tensor(actions, Rows, distribution.ActionSize));

        entropy.shape.ShouldBe([Rows]);
        var learned = logProb.data<float>().ToArray();
        for (var row = 0; row < Rows; row++)
        {
            learned[row].ShouldBe((float)plain[row], 2e-5f * (1 + Math.Abs((float)plain[row])));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Entropy_IsTheMeanSurpriseOfDraws(string name)
    {
        using var scope = NewDisposeScope();
        var (distribution, random) = (All[name], new RandomStream(12));
        const int Draws = 40_000;
        var parameters = Gaussians(random, distribution.ParameterCount);
        var actions = new float[Draws * distribution.ActionSize];
        var surprise = 0.0;
        for (var i = 0; i < Draws; i++)
        {
            var action = actions.AsSpan(i * distribution.ActionSize, distribution.ActionSize);
            distribution.Sample(parameters, random, action);
            surprise -= distribution.LogProb(parameters, action) / Draws;
        }

        var (_, entropy) = distribution.Evaluate(
            tensor(parameters, 1, distribution.ParameterCount).expand(Draws, -1), tensor(actions, Draws, distribution.ActionSize));

        // For a hybrid the entropy depends on what its drivers chose; its mean over draws is that of the whole.
        entropy.mean().item<float>().ShouldBe((float)surprise, 0.03f);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Evaluate_Gradients_AreFiniteAtExtremeParameters(string name)
    {
        using var scope = NewDisposeScope();
        var (distribution, random) = (All[name], new RandomStream(13));
        var parameters = Gaussians(random, distribution.ParameterCount).Select(x => x > 0 ? 30f : -30f).ToArray();
        var action = new float[distribution.ActionSize];
        distribution.Best(parameters, action);
        var leaf = tensor(parameters, 1, distribution.ParameterCount, requires_grad: true);

        var (logProb, entropy) = distribution.Evaluate(leaf, tensor(action, 1, distribution.ActionSize));
        (logProb + entropy).sum().backward();

        leaf.grad!.isfinite().all().item<bool>().ShouldBeTrue();
    }

    [Fact]
    public void Check_OutsideTheSpace_NamesPositionValueAndWhatIsAllowed()
    {
        Should.Throw<ArgumentException>(() => new Categorical(3).Check([3])).Message.ShouldContain("action[0] is 3; allowed are whole numbers from 0 to 2");
        Should.Throw<ArgumentException>(() => new MultiDiscrete(3, 2).Check([0, 0.5f])).Message.ShouldContain("action[1] is 0.5");
        Should.Throw<ArgumentException>(() => new BoundedBeta(0, 1).Check([float.NaN])).Message.ShouldContain("action[0] is NaN; allowed is 0 to 1");
        Should.Throw<ArgumentException>(() => new DiagonalGaussian(1).Check([float.PositiveInfinity])).Message.ShouldContain("finite");
    }

    [Fact]
    public void Constructors_ImpossibleSpaces_AreRefused()
    {
        Should.Throw<ArgumentException>(() => new Categorical(0));
        Should.Throw<ArgumentException>(() => new MultiDiscrete());
        Should.Throw<ArgumentException>(() => new MultiDiscrete(2, 0));
        Should.Throw<ArgumentException>(() => new DiagonalGaussian(0));
        Should.Throw<ArgumentException>(() => new BoundedBeta(1, 1));
        Should.Throw<ArgumentException>(() => new BoundedBeta([0], [1, 2]));
    }

    private static float[] Gaussians(RandomStream random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.Gaussian())];
}
