using System.Diagnostics;
using MixPolicy.Mixup;
using MixPolicy.Mixup.Losses;
using MixPolicy.Trainer.Networks;
using static TorchSharp.torch;

namespace MixPolicy.Benchmarks;

/// <summary>
/// What saliency costs beside a plain training step (forward and backward) on a narrow PreActResNet18, batch 100×3×32×32. The three take turns, so that a
/// busy machine slows all of them alike.
/// </summary>
internal static class SaliencyPass
{
    private const int Runs = 12;
    private const int WarmUp = 2;

    public static IEnumerable<Measurement> Run()
    {
        using var scope = NewDisposeScope();
        var seeded = new Generator(1);
        using var network = ClassifierNetworks.Create("preactresnet18-w16", 100, seeded);
        var images = randn([100, 3, 32, 32], generator: seeded);
        var labels = nn.functional.one_hot(randint(0, 100, [100], int64, generator: seeded), 100).to(float32);
        Action[] passes =
        [
            () => SoftCrossEntropy.Loss(network.call(images), labels).backward(),
            () => Saliency.Compute(network, images, labels),
            () => Saliency.Compute(network, images, labels, cleanLossWeight: 1),
        ];
        var samples = passes.Select(_ => new double[Runs]).ToArray();
        for (var run = -WarmUp; run < Runs; run++)
        {
            for (var pass = 0; pass < passes.Length; pass++)
            {
                var elapsed = Time(passes[pass], network);
                if (run >= 0)
                {
                    samples[pass][run] = elapsed;
                }
            }
        }

        var step = Measurement.FromSamples("saliency/plain-step", samples[0]);
        yield return step;
        yield return Measurement.FromSamples("saliency/input-only", samples[1]).Over(step);
        yield return Measurement.FromSamples("saliency/full-backward", samples[2]).Over(step) with { Note = "weight gradients too, as published" };
    }

    private static double Time(Action pass, nn.Module network)
    {
        network.zero_grad();
        using var step = NewDisposeScope();
        var start = Stopwatch.GetTimestamp();
        pass();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
