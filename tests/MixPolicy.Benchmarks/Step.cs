using System.Diagnostics;
using MixPolicy.Mixup;
using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Networks;
using MixPolicy.Trainer.Optimization;
using MixPolicy.Trainer.Training;
using static TorchSharp.torch;

namespace MixPolicy.Benchmarks;

/// <summary>
/// A whole training step of PreActResNet18 on 100 images of 32×32 (saliency, mixing, forward, backward, update): vanilla; R-Mix with the gradient of the
/// input alone; R-Mix with a second full forward and backward pass whose weight gradients are thrown away, as published. The three take turns, so that a busy
/// machine slows them alike.
/// </summary>
public static class Step
{
    private const int Batch = 100;
    private const int Classes = 100;

    public static IEnumerable<Measurement> Run() => [.. Compare("preactresnet18", rounds: 7), .. Compare("preactresnet18-w16", rounds: 25)];

    private static Measurement[] Compare(string model, int rounds)
    {
        using var thread = new ModelThread("step", Environment.ProcessorCount);
        var samples = thread.RunAsync(() => Measure(model, rounds)).GetAwaiter().GetResult();
        var vanilla = Measurement.FromSamples($"{model} vanilla", samples[0]);
        var inputOnly = Measurement.FromSamples($"{model} rmix, input-only saliency", samples[1]);
        var published = Measurement.FromSamples($"{model} rmix, second full pass as published", samples[2]);
        return [vanilla, inputOnly.Over(vanilla), published.Over(vanilla)];
    }

    private static double[][] Measure(string model, int rounds)
    {
        var draws = new Generator(1);
        using var network = ClassifierNetworks.Create(model, Classes, draws);
        using var optimizer = new Sgd(network.named_parameters(), weightDecay: 1e-4);
        var images = randn([Batch, 3, 32, 32], generator: draws);
        var labels = nn.functional.one_hot(arange(Batch, ScalarType.Int64), Classes).to(ScalarType.Float32);
        Action[] steps =
        [
            () => Train(new(images, labels), MixupMethods.Vanilla),
            () => Train(new(images, labels, Saliency.Compute(network, ChannelsLast.Of(images), labels).Map.contiguous()), MixupMethods.RMix),
            () =>
            {
                var map = Saliency.Compute(network, ChannelsLast.Of(images), labels, cleanLossWeight: 1).Map.contiguous();
                foreach (var parameter in network.parameters())
                {
                    parameter.grad = null;
                }

                Train(new(images, labels, map), MixupMethods.RMix);
            },
        ];
        var samples = steps.Select(_ => new double[rounds]).ToArray();
        for (var round = -2; round < rounds; round++)
        {
            for (var i = 0; i < steps.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                using (NewDisposeScope())
                {
                    steps[i]();
                }

                if (round >= 0)
                {
                    samples[i][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }
        }

        return samples;

        void Train(MixupBatch batch, IMixupMethod method)
        {
            var mixed = method.Mix(batch, method.Published, draws);
            TrainingStep.Run(network, optimizer, new(0.01, 0.9), mixed, method.Loss);
        }
    }
}
