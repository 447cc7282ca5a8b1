using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Evaluation;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Evaluation;

public sealed class EvaluatorTests
{
    /// <summary>Logits that are one pixel's value, one for each class: which class wins is in the image.</summary>
    private sealed class FirstPixels() : nn.Module<Tensor, Tensor>(nameof(FirstPixels))
    {
        public bool SawTrainingMode { get; private set; }

        public override Tensor forward(Tensor input)
        {
            SawTrainingMode |= training;
            return input.flatten(1)[.., ..8];
        }
    }

    [Fact]
    public void Evaluate_CountsTop1AndTop5OverAllBatches()
    {
        using var scope = NewDisposeScope();

        // Image i favours classes 0 > 1 > … > 7; its label is i: one of seven is right at first, five of seven within five.
        var pixels = new byte[7 * 12];
        for (var i = 0; i < 7; i++)
        {
            for (var k = 0; k < 8; k++)
            {
                pixels[(i * 12) + k] = (byte)(8 - k);
            }
        }

        var loader = new BatchLoader(new(pixels, [0, 1, 2, 3, 4, 5, 6], side: 2), new([0, 0, 0], [1, 1, 1]), CPU);
        using var network = new FirstPixels();
        network.train();

        var result = Evaluator.Evaluate(network, loader, batchSize: 3, CancellationToken.None);

        result.Images.ShouldBe(7);
        result.Top1.ShouldBe(1 / 7.0, 1e-9);
        result.Top5.ShouldBe(5 / 7.0, 1e-9);

        // −log softmax of class k is k + log Σ_j e^−j; the mean of k over the labels is 3.
        var logSum = Math.Log(Enumerable.Range(0, 8).Sum(j => Math.Exp(-j)));
        result.Loss.ShouldBe(3 + logSum, 1e-5);
        result.Ece.ShouldBe(Math.Abs((1 / 7.0) - Math.Exp(-logSum)), 1e-5);
        network.SawTrainingMode.ShouldBeFalse();
        network.training.ShouldBeTrue();
    }
}
