using MixPolicy.Mixup;
using MixPolicy.Mixup.Losses;
using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Networks;
using MixPolicy.Trainer.Optimization;
using MixPolicy.Trainer.Training;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Training;

/// <summary>Every method gets of the session what it says it needs, and trains with its own loss.</summary>
public sealed class MethodNeedsTests
{
    private static readonly Dataset Data = ShapesDataset.Generate(seed: 1, trainImages: 45, testImages: 20);
    private static readonly TrainingRecipe Recipe = new() { Model = "preactresnet18-w4", Epochs = 1, BatchSize = 20, Seed = 11 };

    [Fact]
    public void Mix_WithNeeds_SeesThem()
    {
        var method = new FreeMethod { NeedsSaliency = true, NeedsFeatures = true, NeedsGradient = true };
        Train(method);

        var seen = method.Seen.ShouldNotBeNull();
        seen.Features.ShouldNotBeNull().shape.ShouldBe([20, 4, 4]);
        seen.Features!.min().item<float>().ShouldBeGreaterThanOrEqualTo(0);
        var gradient = seen.Gradient.ShouldNotBeNull();
        gradient.shape.ShouldBe([20, 3, 32, 32]);
        gradient.square().mean([1]).sqrt().allclose(seen.Saliency!).ShouldBeTrue();
        seen.Scale.ShouldNotBeNull().Mean.ShouldBe(Data.Normalisation.Mean.Select(m => m / 255));
        seen.Scale!.Deviation.ShouldBe(Data.Normalisation.Std.Select(s => s / 255));
    }

    [Fact]
    public void Mix_WithoutNeeds_CostsNoPass()
    {
        var method = new FreeMethod();
        Train(method).SecondsSaliency.ShouldBe(0);
        method.Seen!.Saliency.ShouldBeNull();
    }

    [Fact]
    public void Train_WithTheCleanLoss_AddsItsGradientToTheMixedOnes()
    {
        // The mix is the clean batch, so the clean loss, (2/K)·CE, adds 2/K of the gradient in every step: after the first step the norm shows it.
        var data = ShapesDataset.Generate(seed: 1, trainImages: 45, testImages: 20);
        var recipe = Recipe with { BatchSize = 40, Epochs = 2 };
        var classes = data.Classes.Count;

        var plain = Train(new FreeMethod(), recipe, data).GradientNorm;
        var regularised = Train(new FreeMethod { CleanLossWeight = 3 }, recipe, data).GradientNorm;

        (regularised / plain).ShouldBe(1 + (3 * 2.0 / classes), 1e-3);
    }

    [Fact]
    public void Train_WithBinaryCrossEntropy_MinimisesItAndReportsSoftCrossEntropy()
    {
        using var scope = NewDisposeScope();
        using var network = ClassifierNetworks.Create("preactresnet18-w4", 10, new Generator(5));
        using var optimizer = new Sgd(network.named_parameters(), 0);
        var images = randn([6, 3, 32, 32], generator: new Generator(2));
        var labels = nn.functional.softmax(randn([6, 10], generator: new Generator(4)), 1);
        var logits = network.call(images);
        BinaryCrossEntropy.Loss(logits, labels).backward();
        var norm = optimizer.GradientNorm().item<float>();
        optimizer.DropGradients();

        var step = TrainingStep.Run(network, optimizer, new(1e-9, 0.9), new(images, labels), MixupLoss.BinaryCrossEntropy);

        step.Loss.ShouldBe(SoftCrossEntropy.Loss(logits, labels).item<float>(), 1e-4);
        step.GradientNorm.ShouldBe(norm, 1e-3 * norm);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Step_OfAPlace_MixesTheRepresentationsThere(int place)
    {
        using var scope = NewDisposeScope();
        using var network = ClassifierNetworks.Create("preactresnet18-w4", 10, new Generator(5));
        using var optimizer = new Sgd(network.named_parameters(), 0);
        var images = randn([2, 3, 32, 32], generator: new Generator(2));
        var labels = eye(2, 10);
        var partner = tensor(new long[] { 1, 0 });
        var expected = SoftCrossEntropy.Loss(
            ((IStagedNetwork)network).Forward(ChannelsLast.Of(images), place, hidden => (0.3 * hidden) + (0.7 * hidden.index_select(0, partner))), labels).item<float>();

        var step = TrainingStep.Run(network, optimizer, new(0.01, 0.9), new(images, labels) { Place = place, Partner = partner, Lambda = 0.3 }, MixupLoss.SoftCrossEntropy);

        step.Loss.ShouldBe(expected, 1e-4);
    }

    [Fact]
    public void Step_OfAPlaceInANetworkWithoutStages_SaysWhatIsMissing()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 10));
        using var optimizer = new Sgd(network.named_parameters(), 0);
        var mixed = new MixedBatch(zeros(2, 3, 32, 32), eye(2, 10)) { Place = 1, Partner = tensor(new long[] { 1, 0 }), Lambda = 0.3 };

        Should.Throw<ArgumentException>(() => TrainingStep.Run(network, optimizer, new(0.01, 0.9), mixed, MixupLoss.SoftCrossEntropy)).Message.ShouldContain("IStagedNetwork");
    }

    [Fact]
    public void Pictures_OfAJointMix_ShowEverySource()
    {
        // Output 0: input 0 above, input 2 below left, the mean of 1 and 2 below right.
        var labelling = new BatchLabelling(3, 2, 2, [0, 0, 2, 1, 1, 1, 1, 1, 2, 2, 2, 2], [0, 0, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2]);
        var method = new FreeMethod { Mixing = batch => new(batch.Images.alias(), batch.Labels.alias()) { Labelling = labelling } };
        using var session = Session(Recipe, Data);

        var pictures = session.Pictures(new(method, method.Published), 3, epoch: 1);

        pictures[0].Sources.Select(s => s.Share.Average()).ShouldBe([0.5f, 0.375f, 0.125f]);
        pictures[0].Sources[1].Image.ShouldBe(pictures[2].Sources[0].Image);
        pictures[1].Sources.Count.ShouldBe(1);
        pictures[0].Sources.Sum(s => s.Share[^1]).ShouldBe(1);
    }

    private static EpochResult Train(IMixupMethod method) => Train(method, Recipe, Data);

    private static EpochResult Train(IMixupMethod method, TrainingRecipe recipe, Dataset data)
    {
        using var session = Session(recipe, data);
        return session.TrainEpoch(1, new(method, method.Published), false, null, CancellationToken.None);
    }

    private static ClassifierSession Session(TrainingRecipe recipe, Dataset data) => new(recipe, data, CPU, TimeProvider.System);
}
