using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.CoMixupSolving;
using MixPolicy.Mixup.Draws;
using MixPolicy.Mixup.Losses;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// Co-Mixup (Kim, Choo, Jeong, Song 2021, "Co-Mixup: Saliency Guided Joint Mixup with Supermodular Diversity"): the images of a partition are mixed jointly, each
/// output made of the salient cells of several inputs, and the outputs kept apart. Neither λ nor a threshold of <see cref="MixParameters"/> has a say: the
/// prior over the inputs is Dirichlet's.
/// </summary>
/// <param name="options">The published settings where null.</param>
public sealed class CoMixup(CoMixupOptions? options = null) : IMixupMethod
{
    public CoMixupOptions Options { get; } = options is not { Solver: CoMixupSolver.Tight, SoftThreshold: true }
        ? options ?? new()
        : throw new ArgumentException("Solver Tight minimises the objective with the hard threshold; allowed with SoftThreshold: Published", nameof(options));

    public string Name => "co-mixup";

    public bool UsesLambda => false;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => true;

    public double CleanLossWeight => Options.CleanLossWeight;

    public MixupLoss Loss => MixupLoss.BinaryCrossEntropy;

    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        var blocks = BlockCount.Draw(stream, Options.Blocks, batch);
        var draws = new List<PartitionDraw>();
        for (var start = 0; start < batch.Size; start += Options.Partition)
        {
            draws.Add(PartitionDraw.Take(stream, Math.Min(Options.Partition, batch.Size - start), blocks * blocks, Options.DirichletAlpha));
        }

        return Mix(batch, blocks, draws, Options);
    });

    /// <summary>Solves every partition and makes its outputs.</summary>
    /// <param name="blocks">P, cells a side; at most the image's shorter side.</param>
    /// <param name="draws">One a partition, in order.</param>
    internal static MixedBatch Mix(MixupBatch batch, int blocks, IReadOnlyList<PartitionDraw> draws, CoMixupOptions options)
    {
        using var scope = NewDisposeScope();
        var saliency = batch.Saliency!.detach().cpu().to(float32).contiguous();
        var salience = SpanBlend.Values(Saliency.Pool(saliency, blocks));
        var windows = SalientWindow.Find(saliency);
        var cells = blocks * blocks;
        var labelling = new BatchLabelling(batch.Size, blocks, blocks, new int[batch.Size * cells], new int[batch.Size * cells]);
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        Parallel.For(0, draws.Count, new() { MaxDegreeOfParallelism = threads }, part =>
        {
            var (start, count) = (part * options.Partition, draws[part].Inputs);
            var solution = Solve(salience.AsSpan(start * cells, count * cells), windows.AsSpan(start, count), blocks, draws[part], options);
            for (var at = 0; at < solution.First.Length; at++)
            {
                (labelling.First[(start * cells) + at], labelling.Second[(start * cells) + at]) = (start + solution.First[at], start + solution.Second[at]);
            }
        });
        var labels = options.SaliencyLabels
            ? LabelledBlend.SalientLabels(batch.Labels, labelling, salience)
            : LabelledBlend.Labels(batch.Labels, labelling, batch.Height, batch.Width);
        return new(LabelledBlend.Images(batch.Images, labelling).MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope())
        {
            Labelling = labelling,
        };
    }

    private static CoMixupSolution Solve(
        ReadOnlySpan<float> salience, ReadOnlySpan<(int Row, int Col)> windows, int blocks, PartitionDraw draw, CoMixupOptions options)
    {
        var (inputs, cells) = (draw.Inputs, blocks * blocks);
        var solution = new CoMixupSolution(inputs, inputs, cells);
        draw.Initial.CopyTo(solution.First, 0);
        if (inputs == 1)
        {
            // Nothing to mix with; the published code cannot take it.
            return solution;
        }

        var cost = new float[inputs * cells];
        for (var at = 0; at < cost.Length; at++)
        {
            cost[at] = -salience[at];
        }

        DirichletPrior.AddTo(cost, draw.Prior, options.Prior);
        var compatibility = InputCompatibility.Of(windows, options.Compatibility);
        new PartitionSolver(inputs, blocks, blocks).Solve(cost, compatibility, options, solution);
        return solution;
    }
}
