using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Methods;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.PuzzleSolving;

/// <summary>Solves the masks and moves of a batch, the pairs at once on several threads.</summary>
internal static class PuzzleSolver
{
    private const int BlockScale = 16;
    private const int MostPlaces = 32;

    /// <param name="batch">With saliency.</param>
    /// <param name="partner">π, B.</param>
    /// <param name="blocks">P, at most the image's shorter side.</param>
    public static PuzzlePlan Solve(MixupBatch batch, ReadOnlySpan<long> partner, double lambda, int blocks, PuzzleMixOptions options)
    {
        using var scope = NewDisposeScope();
        var saliency = batch.Saliency!.detach().cpu().to(float32).contiguous();
        var salience = SpanBlend.Values(Saliency.Pool(saliency, blocks));
        var block = Math.Min(batch.Height, batch.Width) / blocks;
        var perBlock = block / Math.Min(options.Neighbourhood, block);
        var colours = SpanBlend.Values(BatchColours.Pooled(batch, blocks * perBlock));
        var size = options.TransportSize > 0 ? Math.Min(options.TransportSize, block) : block;
        var places = Places(batch, blocks, size, options.Transport);
        var moved = places == 0 || places == blocks ? salience : SpanBlend.Values(Saliency.Pool(saliency, places));
        var (cells, moves, threads) = (batch.Size * blocks * blocks, batch.Size * places * places, options.Threads > 0 ? options.Threads : Environment.ProcessorCount);
        var plan = new PuzzlePlan(blocks, new float[cells], places, new int[moves], new int[moves], threads);
        var order = partner.ToArray();
        Parallel.For(
            0,
            batch.Size,
            new() { MaxDegreeOfParallelism = threads },
            () => new PuzzleWorkspace(blocks, places, options),
            (b, _, work) =>
            {
                work.Solve(plan, b, (int)order[b], salience, colours, perBlock, lambda);
                work.Move(plan, b, (int)order[b], moved);
                return work;
            },
            _ => { });
        return plan;
    }

    /// <summary>The weight of the smoothness terms: β / 16P.</summary>
    public static double Smoothness(PuzzleMixOptions options, int blocks) => options.LabelSmoothness / blocks / BlockScale;

    /// <summary>
    /// t: blocks of the transport a side, those of the mask or a multiple of them up to 32; 0 where the image does not divide into so many equal ones, or there
    /// are fewer than 2.
    /// </summary>
    private static int Places(MixupBatch batch, int blocks, int size, bool transport)
    {
        var block = Math.Min(batch.Height, batch.Width) / blocks;
        var places = size < block && block % size == 0 && blocks * (block / size) <= MostPlaces ? blocks * (block / size) : blocks;
        return transport && places >= 2 && batch.Height % places == 0 && batch.Width % places == 0 ? places : 0;
    }
}
