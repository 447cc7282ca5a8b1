using MixPolicy.Mixup.Losses;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests.Losses;

public sealed class BinaryCrossEntropyTests
{
    [Fact]
    public void Loss_AndItsGradient_AreThoseOfTorchsBceOfASoftmax()
    {
        using var scope = NewDisposeScope();
        var logits = (randn([6, 5], generator: new Generator(3)) * 3).requires_grad_();
        var labels = nn.functional.softmax(randn([6, 5], generator: new Generator(4)), 1);
        var expected = nn.functional.binary_cross_entropy(nn.functional.softmax(logits, 1), labels);

        var loss = BinaryCrossEntropy.Loss(logits, labels);

        loss.item<float>().ShouldBe(expected.item<float>(), 1e-5f);
        autograd.grad([loss], [logits])[0].allclose(autograd.grad([expected], [logits])[0], atol: 1e-5).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(0, 1, 100)] // both logarithms cut: (100 + 100) / 2
    public void Loss_OfASureNetwork_IsCutAndItsGradientFinite(float first, float second, float expected)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[] { 500, -500 }, [1, 2]).requires_grad_();

        var loss = BinaryCrossEntropy.Loss(logits, tensor(new[] { first, second }, [1, 2]));

        loss.item<float>().ShouldBe(expected, 1e-4f);
        autograd.grad([loss], [logits])[0].isfinite().all().item<bool>().ShouldBeTrue();
    }
}
