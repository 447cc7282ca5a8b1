using static TorchSharp.torch;

namespace MixPolicy.Mixup.PuzzleSolving;

/// <summary>Moves the blocks of images. A place that no block moves to keeps its own.</summary>
internal static class BlockMoves
{
    /// <summary>The block that each place is filled with.</summary>
    /// <param name="moves">Where each block goes, or <see cref="MaskTransport.Nowhere"/>.</param>
    public static void Sources(ReadOnlySpan<int> moves, Span<int> sources)
    {
        for (var place = 0; place < sources.Length; place++)
        {
            sources[place] = place;
        }

        for (var block = 0; block < moves.Length; block++)
        {
            if (moves[block] != MaskTransport.Nowhere)
            {
                sources[moves[block]] = block;
            }
        }
    }

    /// <summary>Puts every block of every image where it moves to.</summary>
    /// <param name="images">B×C×H×W.</param>
    /// <param name="side">t; H and W are multiples of it.</param>
    /// <param name="moves">Where each block goes, B·t·t.</param>
    public static Tensor Apply(Tensor images, int side, ReadOnlySpan<int> moves)
    {
        using var scope = NewDisposeScope();
        var (count, channels, height, width) = ((int)images.shape[0], images.shape[1], images.shape[2], images.shape[3]);
        var cells = side * side;
        var sources = new int[moves.Length];
        for (var b = 0; b < count; b++)
        {
            Sources(moves.Slice(b * cells, cells), sources.AsSpan(b * cells, cells));
        }

        var (tall, wide) = (height / side, width / side);
        var rows = tensor([.. sources.Select((source, at) => (long)(at - (at % cells) + source))], device: images.device);
        return images.reshape(count, channels, side, tall, side, wide).permute(0, 2, 4, 1, 3, 5).reshape(count * cells, channels * tall * wide)
            .index_select(0, rows)
            .reshape(count, side, side, channels, tall, wide).permute(0, 3, 1, 4, 2, 5).reshape(count, channels, height, width)
            .contiguous().MoveToOuterDisposeScope();
    }
}
