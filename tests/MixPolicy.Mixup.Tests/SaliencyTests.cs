using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

public sealed class SaliencyTests
{
    [Fact]
    public void Compute_LinearNetwork_IsTheHandComputedGradient()
    {
        using var scope = NewDisposeScope();
        var images = zeros(1, 2, 1, 2);
        var weights = tensor(new float[] { 1, 2, 3, 4, 0, 0, 0, 0 }, [2, 4]);

        var saliency = Saliency.Compute(x => x.flatten(1).matmul(weights.t()), images, tensor(new float[] { 1, 0 }, [1, 2]));

        // Logits 0: ∂CE/∂logits = softmax − y = (−½, ½); times 2/K = 1; ∂/∂x = −½·(1, 2, 3, 4): channel 0 is pixels (1, 2), channel 1 (3, 4).
        float[] expected = [0.5f * MathF.Sqrt((1 + 9) / 2f), 0.5f * MathF.Sqrt((4 + 16) / 2f)];
        saliency.Map.ShouldBeClose(tensor(expected, [1, 1, 2]), 1e-6, 1e-6, "map");
        saliency.Loss.ToDouble().ShouldBe(Math.Log(2), 1e-6);
        saliency.Map.requires_grad.ShouldBeFalse();
        images.requires_grad.ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Compute_NetworkWithBatchNorm_LeavesEverythingAsItWas(bool training)
    {
        using var scope = NewDisposeScope();
        var (network, images, labels) = Setting();
        network.forward(images);
        network.train(training);
        var before = network.state_dict().ToDictionary(p => p.Key, p => p.Value.clone());

        Saliency.Compute(network, images, labels);

        network.training.ShouldBe(training);
        network.modules().ShouldAllBe(m => m.training == training);
        foreach (var (name, value) in network.state_dict())
        {
            value.ShouldEqual(before[name], name);
        }

        network.parameters().Select(p => p.grad).ShouldAllBe(g => ReferenceEquals(g, null));
    }

    [Fact]
    public void Compute_NetworkInEvaluationMode_StillSeesBatchStatistics()
    {
        using var scope = NewDisposeScope();
        var (network, images, labels) = Setting();
        var trained = Saliency.Compute(network, images, labels);
        network.eval();

        Saliency.Compute(network, images, labels).Map.ShouldEqual(trained.Map, "map");
    }

    [Fact]
    public void Compute_KeepingWeightGradients_AddsThoseOfTheLoss()
    {
        using var scope = NewDisposeScope();
        var (network, images, labels) = Setting();
        var alone = Saliency.Compute(network, images, labels);

        var both = Saliency.Compute(network, images, labels, cleanLossWeight: 1);

        both.Map.ShouldBeClose(alone.Map, 1e-8, 1e-5, "map");
        network.parameters().Select(p => p.grad).ShouldAllBe(g => !ReferenceEquals(g, null));
    }

    [Fact]
    public void Compute_NetworkThatThrows_PutsModeAndStatisticsBack()
    {
        using var scope = NewDisposeScope();
        var (network, images, _) = Setting();
        network.eval();
        var before = network.state_dict().ToDictionary(p => p.Key, p => p.Value.clone());

        Should.Throw<Exception>(() => Saliency.Compute(network, images, ones(3, 7)));

        network.training.ShouldBeFalse();
        network.state_dict().ShouldAllBe(p => p.Value.equal(before[p.Key]).all().item<bool>());
    }

    [Fact]
    public void Compute_UnderNoGrad_StillWorks()
    {
        using var scope = NewDisposeScope();
        var (network, images, labels) = Setting();
        var expected = Saliency.Compute(network, images, labels);
        using var noGradient = no_grad();

        Saliency.Compute(network, images, labels).Map.ShouldEqual(expected.Map, "map");
    }

    [Fact]
    public void Pool_AnyMap_SumsToOne() => CsCheck.Check.Sample(
        AnyBatch.Any,
        any =>
        {
            using var scope = NewDisposeScope();
            var (rows, cols) = (1 + ((any.Height - 1) / 3), 1 + ((any.Width - 1) / 4));

            Saliency.Pool(any.Make().Saliency!, rows, cols).sum([1, 2]).ShouldBeClose(ones(any.Size), 1e-5, 0, "sums");
        },
        iter: 100, threads: 1);

    [Fact]
    public void AveragePool_AnyMap_IsTorchsAdaptivePooling() => CsCheck.Check.Sample(
        AnyBatch.Any,
        any =>
        {
            using var scope = NewDisposeScope();
            var map = (any with { Saliency = "random" }).Make().Saliency!;
            var (rows, cols) = (1 + ((any.Height - 1) / 3), 1 + ((any.Width - 1) / 4));

            var pooled = Saliency.AveragePool(map, rows, cols);

            pooled.ShouldBeClose(nn.functional.adaptive_avg_pool2d(map, [rows, cols]), 1e-6, 1e-5, "pooled");
            Saliency.AveragePool(map.to(float64), rows, cols).to(float32).ShouldBeClose(pooled, 1e-6, 1e-5, "pooled in float64");
        },
        iter: 100, threads: 1);

    [Fact]
    public void AveragePool_MoreCellsThanPixels_IsRefused()
    {
        using var map = ones(1, 4, 4);

        Should.Throw<ArgumentOutOfRangeException>(() => Saliency.AveragePool(map, 5, 4)).Message.ShouldContain("5×4");
    }

    [Fact]
    public void GradientSimilarity_OneMapZero_IsZero()
    {
        using var scope = NewDisposeScope();

        Saliency.GradientSimilarity(zeros(2, 4, 4), ones(2, 4, 4)).ShouldBe(0);
    }

    private static (nn.Module<Tensor, Tensor> Network, Tensor Images, Tensor Labels) Setting()
    {
        var generator = new Generator(4);
        var network = nn.Sequential(nn.Conv2d(3, 16, 3, padding: 1), nn.BatchNorm2d(16), nn.ReLU(), nn.Flatten(), nn.Linear(16 * 6 * 6, 5));
        foreach (var parameter in network.parameters())
        {
            using var noGradient = no_grad();
            parameter.copy_(randn(parameter.shape, generator: generator) * 0.2);
        }

        return (network, randn([8, 3, 6, 6], generator: generator), nn.functional.one_hot(arange(8) % 5, 5).to(float32));
    }
}
