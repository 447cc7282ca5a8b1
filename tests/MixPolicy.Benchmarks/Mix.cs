using MixPolicy.Mixup;
using MixPolicy.Mixup.Methods;
using static TorchSharp.torch;

namespace MixPolicy.Benchmarks;

/// <summary>Every mixing method on a batch of 100×3×32×32 with 100 classes, every batch mixed; saliency is given, its cost is another benchmark's.</summary>
internal static class Mix
{
    private const int Runs = 1000;
    private const int SolverRuns = 60;

    public static IEnumerable<Measurement> Run()
    {
        using var scope = NewDisposeScope();
        var seeded = new Generator(1);
        var labels = nn.functional.one_hot(randint(0, 100, [100], int64, generator: seeded), 100).to(float32);
        var batch = new MixupBatch(randn([100, 3, 32, 32], generator: seeded), labels, randn([100, 32, 32], generator: seeded).abs())
        {
            Features = rand([100, 4, 4], generator: seeded),
            Gradient = randn([100, 3, 32, 32], generator: seeded),
        };
        foreach (var method in MixupMethods.All)
        {
            var parameters = method.Published with { Probability = 1 };
            yield return Measurement.Time($"mix/{method.Name}", () => MixOnce(method, batch, parameters, seeded), Runs, warmUp: 100);
        }

        foreach (var (kind, saliency) in new[] { ("smooth", MixedSaliency.Smooth(new(2))), ("noise", MixedSaliency.Noise(new(3))) })
        {
            var salient = batch with { Saliency = saliency, Scale = new([0.5f, 0.5f, 0.5f], [0.25f, 0.25f, 0.25f]) };
            foreach (var (name, method, parameters) in Settings())
            {
                yield return Measurement.Time($"mix/{name} ({kind})", () => MixOnce(method, salient, parameters, seeded), SolverRuns, warmUp: 30);
            }
        }

        yield return Measurement.Time("mix/copy", () => batch.Images.clone().Dispose(), Runs, warmUp: 100) with { Note = "a clone of the images, for scale" };
    }

    /// <summary>The settings whose published implementations were timed: see tests/golden/baselines.json.</summary>
    private static IEnumerable<(string Name, IMixupMethod Method, MixParameters Parameters)> Settings()
    {
        foreach (var blocks in new[] { 4, 8 })
        {
            yield return ($"co-mixup {blocks}x{blocks}", new CoMixup(new() { Blocks = blocks }), new());
            yield return ($"co-mixup {blocks}x{blocks} tight", new CoMixup(new() { Blocks = blocks, Solver = CoMixupSolver.Tight }), new());
        }

        foreach (var blocks in new[] { 2, 4, 8, 16 })
        {
            yield return ($"puzzlemix {blocks}x{blocks}", new PuzzleMix(new() { Blocks = blocks, TransportSize = 0 }), new() { Lambda = LambdaDraw.Fixed(0.4) });
        }

        foreach (var size in new[] { 4, 2 })
        {
            yield return ($"rmix {32 / size}x{32 / size}", MixupMethods.RMix, new() { PatchSizes = [size] });
        }
    }

    private static void MixOnce(IMixupMethod method, MixupBatch batch, MixParameters parameters, Generator generator)
    {
        using var step = NewDisposeScope();
        method.Mix(batch, parameters, generator);
    }
}
