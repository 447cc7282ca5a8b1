using MixPolicy.Mixup.Methods;

namespace MixPolicy.Mixup.PuzzleSolving;

/// <summary>What one thread needs to solve pairs one after another.</summary>
internal sealed class PuzzleWorkspace(int blocks, int places, PuzzleMixOptions options)
{
    private readonly PuzzleCosts _costs = new(blocks);
    private readonly PuzzleMask _mask = new(blocks, options.Labels);
    private readonly MaskTransport? _transport = places > 0 ? new(places, options.TransportCost) : null;
    private readonly float[] _shown = new float[places * places];

    /// <summary>Fills the mask of image <paramref name="own"/>.</summary>
    /// <param name="salience">Normalised, B·P·P.</param>
    /// <param name="colours">B·C·kP·kP.</param>
    public void Solve(PuzzlePlan plan, int own, int partner, float[] salience, float[] colours, int perBlock, double lambda)
    {
        var cells = blocks * blocks;
        var image = colours.Length / (salience.Length / cells);
        var smoothness = PuzzleSolver.Smoothness(options, blocks);
        _costs.Set(
            salience.AsSpan(own * cells, cells),
            salience.AsSpan(partner * cells, cells),
            colours.AsSpan(own * image, image),
            colours.AsSpan(partner * image, image),
            perBlock,
            (float)(smoothness * options.DataSmoothness));
        _mask.Solve(_costs, lambda, smoothness, options.Prior, plan.Mask.AsSpan(own * cells, cells));
    }

    /// <summary>Fills the moves of image <paramref name="own"/> and of its partner.</summary>
    /// <param name="salience">Normalised, B·t·t.</param>
    public void Move(PuzzlePlan plan, int own, int partner, float[] salience)
    {
        if (_transport is null)
        {
            return;
        }

        var cells = places * places;
        Show(plan, own, ownPart: true);
        _transport.Plan(_shown, salience.AsSpan(own * cells, cells), plan.OwnMoves.AsSpan(own * cells, cells));
        Show(plan, own, ownPart: false);
        _transport.Plan(_shown, salience.AsSpan(partner * cells, cells), plan.PartnerMoves.AsSpan(own * cells, cells));
    }

    private void Show(PuzzlePlan plan, int own, bool ownPart)
    {
        for (var place = 0; place < _shown.Length; place++)
        {
            var (row, col) = (place / places * blocks / places, place % places * blocks / places);
            var share = plan.Mask[(((own * blocks) + row) * blocks) + col];
            _shown[place] = (ownPart ? share : 1 - share) > 0 ? 1 : 0;
        }
    }
}
