using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Draws;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>
/// GridMix (Baek, Bang, Shim 2021, "GridMix: Strong regularization through local context mapping", section 3): random cells of a grid, a 1 − λ share of them, show the
/// partner. Only the mixing: the paper's second loss, on the label of every cell, is not part of it.
/// </summary>
/// <param name="options">The default grid where null.</param>
public sealed class GridMix(GridMixOptions? options = null) : IMixupMethod
{
    public GridMixOptions Options { get; } = options ?? new();

    public string Name => "gridmix";

    public bool UsesLambda => true;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => false;

    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator) => Mixing.Run(this, batch, parameters, generator, stream =>
    {
        var pairing = Pairing.Draw(stream, batch, parameters);
        var (rows, cols) = (Math.Min(Options.Cells, batch.Height), Math.Min(Options.Cells, batch.Width));
        var grids = pairing.PerImage(Array.ConvertAll(pairing.Lambdas, lambda => Cells(stream, rows * cols, lambda)));
        var weight = WeightPlanes.Of(grids, rows, cols, batch.Images);
        return Mixing.Blended(batch, pairing.Partner, weight, parameters.CorrectLambda ? CellGrid.ImageMeans(weight, batch.Height, batch.Width) : pairing.PerImage(pairing.Lambdas));
    });

    /// <summary>0 in a 1 − λ share of the cells, to the nearest cell, 1 in the others.</summary>
    internal static float[] Cells(RandomStream stream, int count, double lambda)
    {
        var cells = new float[count];
        foreach (var own in stream.Permutation(count).AsSpan(0, (int)Math.Round(lambda * count)))
        {
            cells[own] = 1;
        }

        return cells;
    }
}
