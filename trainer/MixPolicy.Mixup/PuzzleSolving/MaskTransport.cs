using System.Numerics.Tensors;

namespace MixPolicy.Mixup.PuzzleSolving;

/// <summary>
/// Where each block of an image moves, so that its salient ones are where the mask shows it (Kim et al. 2020, section 4.2, algorithm 2; published as
/// <c>mask_transport</c>): every block asks for the place that costs it least, each place takes the cheapest, and those refused find it dearer by 1 the
/// next time. One instance is a workspace for one size. Not thread-safe.
/// </summary>
internal sealed class MaskTransport
{
    /// <summary>Of a block without a place.</summary>
    public const int Nowhere = -1;

    private readonly int _side;
    private readonly int _count;
    private readonly float[] _distance;
    private readonly float[] _cost;
    private readonly int[] _asks;
    private readonly int[] _taker;
    private readonly int[] _dear;

    /// <param name="side">Blocks a side, at least 2.</param>
    /// <param name="weight">ε, what moving over the whole image costs.</param>
    public MaskTransport(int side, double weight)
    {
        (_side, _count) = (side, side * side);
        _distance = new float[_count * _count];
        _cost = new float[_count * _count];
        (_asks, _taker, _dear) = (new int[_count], new int[_count], new int[_count]);
        for (var from = 0; from < _count; from++)
        {
            for (var to = 0; to < _count; to++)
            {
                var (dy, dx) = ((from / side) - (to / side), (from % side) - (to % side));
                _distance[(from * _count) + to] = (float)weight * ((float)((dy * dy) + (dx * dx)) / ((side - 1) * (side - 1)));
            }
        }
    }

    /// <summary>Plans the moves of one image.</summary>
    /// <param name="shown">1 where the mask shows anything of the image, 0 elsewhere.</param>
    /// <param name="saliency">The image's normalised saliency.</param>
    /// <param name="destination">For each block the place it moves to, or <see cref="Nowhere"/>.</param>
    public void Plan(ReadOnlySpan<float> shown, ReadOnlySpan<float> saliency, Span<int> destination)
    {
        for (var from = 0; from < _count; from++)
        {
            // cost = ε·distance − saliency·shown
            var row = _cost.AsSpan(from * _count, _count);
            TensorPrimitives.Multiply(shown, saliency[from], row);
            TensorPrimitives.Subtract(_distance.AsSpan(from * _count, _count), row, row);
            _asks[from] = FirstOfLeast(row);
        }

        for (var round = 0; round < _side; round++)
        {
            Award();
            for (var from = 0; from < _count; from++)
            {
                var place = _asks[from];
                if (_taker[place] == from)
                {
                    destination[from] = place;
                    continue;
                }

                destination[from] = Nowhere;
                var row = _cost.AsSpan(from * _count, _count);
                row[place] += 1;
                _asks[from] = round + 1 < _side ? FirstOfLeast(row) : place;
            }
        }
    }

    /// <summary>
    /// Who gets each place: the asker whose cost is least and below 0. As published, blocks that do not ask count as 0, and the first of equal ones wins: so an
    /// asker at exactly 0 gets the place only if all blocks before it ask for it too and pay more.
    /// </summary>
    private void Award()
    {
        _taker.AsSpan().Fill(Nowhere);
        _dear.AsSpan().Clear();
        for (var from = 0; from < _count; from++)
        {
            var place = _asks[from];
            var cost = _cost[(from * _count) + place];
            var now = _taker[place];
            if (cost < 0 ? now == Nowhere || cost < _cost[(now * _count) + place] : cost == 0 && now == Nowhere && _dear[place] == from)
            {
                _taker[place] = from;
            }
            else if (cost > 0)
            {
                _dear[place]++;
            }
        }
    }

    // Two plain passes are faster than IndexOfMin, which also minds NaN and the sign of zero.
    private static int FirstOfLeast(ReadOnlySpan<float> row) => row.IndexOf(TensorPrimitives.Min(row));
}
