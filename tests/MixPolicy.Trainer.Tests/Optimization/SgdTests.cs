using MixPolicy.Mixup.Losses;
using MixPolicy.Trainer.Optimization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Optimization;

public sealed class SgdTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    [Fact]
    public void Step_TwiceOnOneWeight_IsTheHandComputedNesterovStep()
    {
        using var weight = new Parameter(tensor(new[] { 2.0f }));
        using var sgd = new Sgd([("w", weight)], weightDecay: 0.1);

        // Step 1, gradient 1: g = 1 + 0.1·2 = 1.2; v = 1.2; g + 0.5·v = 1.8; w = 2 − 0.1·1.8 = 1.82
        Step(sgd, weight, gradient: 1, new(0.1, 0.5));
        weight.item<float>().ShouldBe(1.82f, 1e-6f);
        sgd.Momentum["w"].item<float>().ShouldBe(1.2f, 1e-6f);

        // Step 2, gradient −1, momentum 0.9: g = −1 + 0.182 = −0.818; v = 0.9·1.2 − 0.818 = 0.262; g + 0.9·v = −0.5822; w = 1.82 + 0.2·0.5822 = 1.93644
        Step(sgd, weight, gradient: -1, new(0.2, 0.9));
        weight.item<float>().ShouldBe(1.93644f, 1e-6f);
        weight.grad.ShouldBeNull();
    }

    [Fact]
    public void GradientNorm_IsTheNormOfAllGradientsTogether()
    {
        using var first = new Parameter(zeros(2));
        using var second = new Parameter(zeros(1));
        using var untouched = new Parameter(zeros(1));
        using var sgd = new Sgd([("a", first), ("b", second), ("c", untouched)], 0);
        ((first * tensor(new[] { 1f, 2f })).sum() + (second * 2f).sum()).backward();

        sgd.GradientNorm().item<float>().ShouldBe(3f, 1e-6f);
    }

    [Fact]
    public void Loss_OfSoftLabels_IsTheWeightedCrossEntropy()
    {
        var logits = tensor(new[,] { { 0f, 0f }, { (float)Math.Log(3), 0f } });
        var labels = tensor(new[,] { { 0.3f, 0.7f }, { 0.5f, 0.5f } });

        // Row 1: ln 2. Row 2: probabilities ¾ and ¼: −½·ln ¾ − ½·ln ¼.
        var expected = (Math.Log(2) - (0.5 * Math.Log(0.75)) - (0.5 * Math.Log(0.25))) / 2;
        SoftCrossEntropy.Loss(logits, labels).item<float>().ShouldBe((float)expected, 1e-6f);
    }

    public void Dispose() => _scope.Dispose();

    private static void Step(Sgd sgd, Parameter weight, float gradient, SgdSettings settings)
    {
        (weight * gradient).sum().backward();
        sgd.Step(settings);
    }
}
