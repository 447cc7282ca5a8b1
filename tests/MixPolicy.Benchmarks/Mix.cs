using MixPolicy.Mixup;
using static TorchSharp.torch;

namespace MixPolicy.Benchmarks;

/// <summary>Every mixing method on a batch of 100×3×32×32 with 100 classes, every batch mixed; saliency is given, its cost is another benchmark's.</summary>
internal static class Mix
{
    private const int Runs = 1000;

    public static IEnumerable<Measurement> Run()
    {
        using var scope = NewDisposeScope();
        var seeded = new Generator(1);
        var labels = nn.functional.one_hot(randint(0, 100, [100], int64, generator: seeded), 100).to(float32);
        var batch = new MixupBatch(randn([100, 3, 32, 32], generator: seeded), labels, randn([100, 32, 32], generator: seeded).abs());
        foreach (var method in MixupMethods.All)
        {
            var parameters = method.Published with { Probability = 1 };
            yield return Measurement.Time($"mix/{method.Name}", () => MixOnce(method, batch, parameters, seeded), Runs, warmUp: 100);
        }

        yield return Measurement.Time("mix/copy", () => batch.Images.clone().Dispose(), Runs, warmUp: 100) with { Note = "a clone of the images, for scale" };
    }

    private static void MixOnce(IMixupMethod method, MixupBatch batch, MixParameters parameters, Generator generator)
    {
        using var step = NewDisposeScope();
        method.Mix(batch, parameters, generator);
    }
}
