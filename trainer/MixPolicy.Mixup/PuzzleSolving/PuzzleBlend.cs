using MixPolicy.Mixup.Blending;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.PuzzleSolving;

/// <summary>Where PuzzleMix ends: the own image's blocks and the partner's, each moved to its place, mixed by the mask.</summary>
internal static class PuzzleBlend
{
    /// <param name="own">The images as own ones, B×C×H×W.</param>
    /// <param name="other">The images as partners, the same shape.</param>
    /// <param name="partner">π, B of int64.</param>
    /// <param name="mask">The plan's mask as a tensor on the images' device, B×P×P.</param>
    public static Tensor Images(Tensor own, Tensor other, Tensor partner, PuzzlePlan plan, Tensor mask) =>
        plan.Places == 0 && ReferenceEquals(own, other) ? Blend.Images(own, partner, mask)
        : plan.Places > 0 && SpanBlend.Fits(own) && SpanBlend.Fits(other) ? Spans(own, other, partner, plan)
        : Torch(own, other, partner, plan, mask);

    /// <summary>The plain way, for any device, type and layout.</summary>
    public static Tensor Torch(Tensor own, Tensor other, Tensor partner, PuzzlePlan plan, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var weight = CellGrid.Enlarge(mask, (int)own.shape[2], (int)own.shape[3]).unsqueeze(1).to(own.dtype);
        return ((weight * Moved(own, plan.OwnMoves)) + ((1 - weight) * Moved(other.index_select(0, partner), plan.PartnerMoves))).MoveToOuterDisposeScope();

        Tensor Moved(Tensor source, int[] moves) => plan.Places == 0 ? source : BlockMoves.Apply(source, plan.Places, moves);
    }

    private static Tensor Spans(Tensor own, Tensor other, Tensor partner, PuzzlePlan plan)
    {
        var result = empty_like(own);
        var (count, channels, height, width) = ((int)own.shape[0], (int)own.shape[1], (int)own.shape[2], (int)own.shape[3]);
        var order = partner.cpu().data<long>().ToArray();
        var (side, places) = (plan.Places, plan.Places * plan.Places);
        var (tall, wide) = (height / side, width / side);
        Parallel.For(0, count, new() { MaxDegreeOfParallelism = plan.Threads }, b =>
        {
            var image = channels * height * width;
            var target = SpanBlend.Floats(result).Slice(b * image, image);
            var mine = SpanBlend.Floats(own).Slice(b * image, image);
            var theirs = SpanBlend.Floats(other).Slice((int)order[b] * image, image);
            Span<int> fromMine = stackalloc int[places], fromTheirs = stackalloc int[places];
            BlockMoves.Sources(plan.OwnMoves.AsSpan(b * places, places), fromMine);
            BlockMoves.Sources(plan.PartnerMoves.AsSpan(b * places, places), fromTheirs);
            for (var place = 0; place < places; place++)
            {
                var cell = (place / side * plan.Blocks / side * plan.Blocks) + (place % side * plan.Blocks / side);
                var weight = plan.Mask[(b * plan.Blocks * plan.Blocks) + cell];
                var (to, a, c) = (Start(place), Start(fromMine[place]), Start(fromTheirs[place]));
                for (var channel = 0; channel < channels; channel++)
                {
                    for (var y = 0; y < tall; y++)
                    {
                        var line = (((channel * height) + y) * width);
                        Mix(mine.Slice(line + a, wide), theirs.Slice(line + c, wide), weight, target.Slice(line + to, wide));
                    }
                }
            }
        });
        GC.KeepAlive(own);
        GC.KeepAlive(other);
        return result;

        int Start(int place) => (place / side * tall * width) + (place % side * wide);
    }

    private static void Mix(ReadOnlySpan<float> own, ReadOnlySpan<float> other, float weight, Span<float> mixed)
    {
        if (weight == 1)
        {
            own.CopyTo(mixed);
        }
        else if (weight == 0)
        {
            other.CopyTo(mixed);
        }
        else
        {
            for (var x = 0; x < mixed.Length; x++)
            {
                mixed[x] = (weight * own[x]) + ((1 - weight) * other[x]);
            }
        }
    }
}
