using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Data.Shapes;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Data;

public sealed class ShapesTests
{
    [Fact]
    public void Generate_FromASeed_IsTheSameEverywhere()
    {
        var (first, again, other) = (ShapesDataset.Generate(1, 30, 10), ShapesDataset.Generate(1, 20, 10), ShapesDataset.Generate(2, 30, 10));

        first.Train.Pixels(19).SequenceEqual(again.Train.Pixels(19)).ShouldBeTrue();
        first.Train.Pixels(19).SequenceEqual(other.Train.Pixels(19)).ShouldBeFalse();
        first.Train.Pixels(3).SequenceEqual(first.Test.Pixels(3)).ShouldBeFalse();
    }

    [Fact]
    public void Generate_HasTenBalancedClasses()
    {
        var data = ShapesDataset.Generate(1, 100, 10);

        data.Classes.Distinct().Count().ShouldBe(10);
        Enumerable.Range(0, 100).GroupBy(data.Train.Label).ShouldAllBe(g => g.Count() == 10);
    }

    [Fact]
    public void Generate_GivesEveryShapeABoxInsideTheImage()
    {
        var images = ShapesDataset.Generate(1, 200, 10).Train;

        for (var i = 0; i < images.Count; i++)
        {
            var box = images.Box(i).ShouldNotBeNull();
            box.Left.ShouldBeGreaterThanOrEqualTo(0);
            box.Top.ShouldBeGreaterThanOrEqualTo(0);
            box.Right.ShouldBeLessThanOrEqualTo(32);
            box.Bottom.ShouldBeLessThanOrEqualTo(32);
            (box.Right - box.Left).ShouldBeInRange(6, 32);
            (box.Bottom - box.Top).ShouldBeInRange(6, 32);
        }
    }

    [Fact]
    public async Task ALinearClassifier_StaysUnderSixtyPercent()
    {
        using var thread = new ModelThread("linear", intraOpThreads: 1);
        var best = await thread.RunAsync(BestLinearAccuracy, TestContext.Current.CancellationToken);

        // Below chance would mean that the labels are wrong, not that the task is hard.
        best.ShouldBeInRange(0.1, 0.6);
    }

    /// <summary>The best test accuracy of softmax regression at any point of 60 steps of gradient descent: stopped as it suits the test set.</summary>
    private static double BestLinearAccuracy()
    {
        var data = ShapesDataset.Generate(ShapesDefaults.GeneratorSeed, ShapesDefaults.TrainImages, ShapesDefaults.TestImages);
        var (images, labels) = All(data.Train, data.Normalisation);
        var (testImages, testLabels) = All(data.Test, data.Normalisation);
        var weight = zeros(images.shape[1], 10, requires_grad: true);
        var bias = zeros(10, requires_grad: true);
        var best = 0.0;
        for (var i = 0; i < 60; i++)
        {
            using var step = NewDisposeScope();
            var loss = nn.functional.cross_entropy(images.matmul(weight) + bias, labels);
            var gradients = autograd.grad([loss], [weight, bias]);
            using var noGradient = no_grad();
            weight.sub_(gradients[0] * 0.02);
            bias.sub_(gradients[1] * 0.02);
            best = Math.Max(best, (testImages.matmul(weight) + bias).argmax(1).eq(testLabels).to(ScalarType.Float32).mean().item<float>());
        }

        return best;
    }

    private static (Tensor Images, Tensor Labels) All(ImageSet set, Normalisation normalisation)
    {
        var (images, labels) = new BatchLoader(set, normalisation, CPU).Load(EpochPlan.Evaluation(set.Count, set.Count), 0);
        return (images.flatten(1), labels);
    }
}
