using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Networks;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Evaluation;

/// <summary>Measures a network on clean images.</summary>
public static class Evaluator
{
    /// <summary>One pass over the images in evaluation mode, without gradients; the network's mode is put back afterwards.</summary>
    /// <param name="loader">Has at least one image.</param>
    /// <param name="batchSize">Images at a time; the result hardly depends on it.</param>
    public static EvaluationResult Evaluate(nn.Module<Tensor, Tensor> network, BatchLoader loader, int batchSize, CancellationToken cancellationToken)
    {
        using var inference = inference_mode();
        var wasTraining = network.training;
        network.eval();
        try
        {
            return Measure(network, loader, EpochPlan.Evaluation(loader.Images.Count, batchSize), cancellationToken);
        }
        finally
        {
            network.train(wasTraining);
        }
    }

    private static EvaluationResult Measure(nn.Module<Tensor, Tensor> network, BatchLoader loader, EpochPlan plan, CancellationToken cancellationToken)
    {
        var (loss, top1, top5) = (0.0, 0L, 0L);
        List<float> confidences = [];
        List<bool> correct = [];
        for (var batch = 0; batch < plan.Batches; batch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (images, labels) = loader.Load(plan, batch);
            var logits = network.call(ChannelsLast.Of(images)).to(ScalarType.Float32);
            loss += nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.Sum).cpu().item<float>();
            var (best, classes) = nn.functional.softmax(logits, 1).topk((int)Math.Min(5, logits.shape[1]), 1);
            var hits = classes.eq(labels.unsqueeze(1)).cpu();
            top5 += hits.any(1).sum().item<long>();
            bool[] first = hits[.., 0].contiguous().data<bool>().ToArray();
            top1 += first.Count(hit => hit);
            confidences.AddRange(best[.., 0].contiguous().cpu().data<float>().ToArray());
            correct.AddRange(first);
        }

        double count = correct.Count;
        return new(correct.Count, loss / count, top1 / count, top5 / count, CalibrationError.Expected([.. confidences], [.. correct]));
    }
}
