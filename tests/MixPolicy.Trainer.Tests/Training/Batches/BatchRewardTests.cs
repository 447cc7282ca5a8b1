using MixPolicy.Mixup;
using MixPolicy.Mixup.Losses;
using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Networks;
using MixPolicy.Trainer.Optimization;
using MixPolicy.Trainer.Training;
using MixPolicy.Trainer.Training.Batches;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Training.Batches;

public sealed class BatchRewardTests
{
    [Fact]
    public void Cosines_AreThoseOfTheLastLayersGradients()
    {
        using var scope = NewDisposeScope();
        var draws = new Generator(3);
        var (features, labels) = (randn([7, 5], generator: draws), randn([7, 4], generator: draws).softmax(1));
        using var layer = nn.Linear(5, 4);
        var (probe, classes) = (randn([9, 5], generator: draws), randint(0, 4, [9], generator: draws));

        var toward = ProbeGradientReward.Gradient(layer.call(probe).detach(), probe, classes);
        var cosines = ProbeGradientReward.Cosines(toward, layer.call(features).detach(), labels, features);

        var clean = Gradient(layer, () => nn.functional.cross_entropy(layer.call(probe), classes));
        for (var i = 0; i < 7; i++)
        {
            var one = Gradient(layer, () => nn.functional.cross_entropy(layer.call(features[i].unsqueeze(0)), labels[i].unsqueeze(0)));
            cosines[i].ShouldBe(nn.functional.cosine_similarity(one, clean, 0, 1e-12).item<float>(), 1e-5f);
        }
    }

    [Fact]
    public void Cosines_OfNoGradient_AreZero()
    {
        using var scope = NewDisposeScope();
        var even = full([2, 4], 0.25f);
        ProbeGradientReward.Cosines(ones(4, 6), zeros(2, 4), even, ones(2, 5)).ShouldBe([0f, 0f]);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-30f)]
    [InlineData(3e38f)]
    public void Saliency_ThatHasNoDirection_EarnsNothing(float everywhere)
    {
        using var scope = NewDisposeScope();
        var clean = Nothing with { Pooled = rand(2, 8, 8) };
        var earned = new SaliencyReward(8).After(clean, Mixed, new(wantsSaliency: true) { Saliency = full([2, 32, 32], everywhere) }).Single();
        earned.ShouldBeInRange(-1, 1);
        new SaliencyReward(8).After(clean with { Pooled = zeros(2, 8, 8) }, Mixed, new(wantsSaliency: true) { Saliency = rand(2, 32, 32) }).ShouldBe([0f]);
        new SaliencyReward(8).After(clean, Mixed, new(wantsSaliency: true) { Saliency = full([2, 32, 32], float.NaN) }).ShouldBe([0f]);
    }

    [Fact]
    public void Step_WithALook_ShowsTheSaliencyOfAPassOfItsOwn()
    {
        using var scope = NewDisposeScope();
        var draws = new Generator(5);
        using var network = ClassifierNetworks.Create("preactresnet18-w4", 10, draws);
        using var optimizer = new Sgd(network.named_parameters(), weightDecay: 1e-4);
        var mixed = new MixedBatch(randn([6, 3, 32, 32], generator: draws), randn([6, 10], generator: draws).softmax(1));
        var before = Saliency.Compute(network, ChannelsLast.Of(mixed.Images), mixed.Labels);

        var look = new StepLook(wantsSaliency: true, wantsFeatures: true);
        TrainingStep.Run(network, optimizer, new(0.1, 0.9), mixed, MixupLoss.SoftCrossEntropy, look);

        // The saliency pass weighs the loss by 2/K.
        (look.Saliency! * 0.2).allclose(before.Map, rtol: 1e-3, atol: 1e-8).ShouldBeTrue();
        look.Logits!.allclose(before.Logits, rtol: 1e-4, atol: 1e-5).ShouldBeTrue();
        look.Features!.shape.ShouldBe([6, 32]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void ProbeLoss_OfAStepOnTheProbe_HasTheSignOfWhatItDoes(int direction)
    {
        using var scope = NewDisposeScope();
        using var network = ClassifierNetworks.Create("preactresnet18-w4", 10, new Generator(5));
        network.train();
        var heldOut = Loader(12);
        var reward = new ProbeLossReward(new(network, heldOut, batchSize: 12, epoch: 0));
        reward.Before(0);

        // Down its gradient, or up.
        var before = Loss();
        before.backward();
        using (no_grad())
        {
            foreach (var (_, weight) in network.named_parameters())
            {
                weight.add_(weight.grad!, direction * 0.01);
            }
        }

        var earned = reward.After(Nothing, Mixed, new()).Single();
        Math.Sign(earned).ShouldBe(-direction);
        earned.ShouldBe(before.item<float>() - Loss().item<float>(), 1e-5f);

        Tensor Loss()
        {
            var (images, labels) = heldOut.Load(EpochPlan.Evaluation(12, 12), 0);
            return nn.functional.cross_entropy(network.call(ChannelsLast.Of(images)), labels);
        }
    }

    [Fact]
    public void Probe_WalksThroughAllHeldOutImages()
    {
        using var scope = NewDisposeScope();
        using var network = ClassifierNetworks.Create("preactresnet18-w4", 10, new Generator(5));
        network.train();
        var heldOut = Loader(10);
        var plan = EpochPlan.Evaluation(10, 4);
        var probe = new CleanProbe(network, heldOut, batchSize: 4, epoch: 1);

        // Three probes of 4, 4 and 2 images, each for 8 batches; the epoch says which is first.
        for (var batch = 0; batch < 4 * CleanProbe.Stay; batch++)
        {
            probe.See(batch, (_, _, labels) => labels.data<long>().ToArray()).ShouldBe(heldOut.Load(plan, (1 + (batch / CleanProbe.Stay)) % 3).Labels.data<long>().ToArray());
        }
    }

    private static ObservedBatch Nothing => new(new(zeros(1), zeros(1)), zeros(1), null!, null);

    private static MixedBatch Mixed => new(zeros(1), zeros(1));

    private static BatchLoader Loader(int images)
    {
        var data = ShapesDataset.Generate(seed: 2, trainImages: images, testImages: 10);
        return new(data.Train, data.Normalisation, CPU);
    }

    private static Tensor Gradient(TorchSharp.Modules.Linear layer, Func<Tensor> loss)
    {
        var gradients = autograd.grad([loss()], [layer.weight!, layer.bias!]);
        return cat([gradients[0].flatten(), gradients[1].flatten()]);
    }
}
