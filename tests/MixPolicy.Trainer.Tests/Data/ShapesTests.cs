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
        var data = ShapesDataset.Generate(1, 10, 100);

        data.Classes.Distinct().Count().ShouldBe(10);
        Enumerable.Range(0, 100).GroupBy(data.Test.Label).ShouldAllBe(g => g.Count() == 10);
    }

    [Fact]
    public void Generate_MislabelsAFifthOfTheTrainingImages_AndTheFirstOnesWhateverTheNumber()
    {
        var (small, large) = (ShapesDataset.Generate(1, 500, 10).Train, ShapesDataset.Generate(1, 1_000, 10).Train);

        // The classes were drawn in turn.
        var wrong = Enumerable.Range(0, 1_000).Count(i => large.Label(i) != i % 10);
        // Within three standard deviations of 0.2: √(1000·0.2·0.8) = 12.6.
        wrong.ShouldBeInRange(162, 238);
        Enumerable.Range(0, 500).ShouldAllBe(i => small.Label(i) == large.Label(i));
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
        TestContext.Current.TestOutputHelper?.WriteLine($"linear classifier: {best:0.000}");
        best.ShouldBeInRange(0.1, 0.6);
    }

    /// <summary>The best test accuracy of softmax regression at any point of its training, to convergence and from weak to no decay: stopped as it suits the test set.</summary>
    private static double BestLinearAccuracy()
    {
        var data = ShapesDataset.Generate(ShapesDefaults.GeneratorSeed, ShapesDefaults.TrainImages, ShapesDefaults.TestImages);
        var (images, labels) = All(data.Train, data.Normalisation);
        var (testImages, testLabels) = All(data.Test, data.Normalisation);
        return new[] { 0, 1e-2, 1e-1 }.Max(decay => Best(decay));

        double Best(double decay)
        {
            using var scope = NewDisposeScope();
            var linear = nn.Linear(images.shape[1], 10);
            // No weights of the global generator: a convex problem starts anywhere.
            _ = linear.weight!.requires_grad_(false).zero_().requires_grad_();
            _ = linear.bias!.requires_grad_(false).zero_().requires_grad_();
            var adam = optim.Adam(linear.parameters(), lr: 2e-3, weight_decay: decay);
            var best = 0.0;
            for (var i = 0; i < 300; i++)
            {
                using var step = NewDisposeScope();
                adam.zero_grad();
                nn.functional.cross_entropy(linear.forward(images), labels).backward();
                adam.step();
                using var noGradient = no_grad();
                best = Math.Max(best, linear.forward(testImages).argmax(1).eq(testLabels).to(ScalarType.Float32).mean().item<float>());
            }

            return best;
        }
    }

    private static (Tensor Images, Tensor Labels) All(ImageSet set, Normalisation normalisation)
    {
        var (images, labels) = new BatchLoader(set, normalisation, CPU).Load(EpochPlan.Evaluation(set.Count, set.Count), 0);
        return (images.flatten(1), labels);
    }
}
