using CsCheck;
using MixPolicy.Mixup.GraphCuts;

namespace MixPolicy.Mixup.Tests.GraphCuts;

public sealed class SwapMovesTests
{
    private static readonly Gen<AnyEnergy> Small = AnyEnergy.Of(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[2, 4]);

    private static readonly Gen<AnyEnergy> Large = AnyEnergy.Of(Gen.Int[7, 16], Gen.Int[7, 16], Gen.Int[2, 6]);

    [Fact]
    public void Swap_SmallGrids_IsTheBestOfAllSwapsWithTheFewestSitesAtB() => Gen.Select(Small, Gen.Int[0, 1000]).Sample(
        (any, seed) =>
        {
            var energy = any.Make();
            var random = new Random(seed);
            var (a, b) = (random.Next(energy.Labels - 1), energy.Labels - 1);
            var before = new int[energy.Sites];
            for (var s = 0; s < before.Length; s++)
            {
                before[s] = random.Next(energy.Labels);
            }

            var after = before.ToArray();
            new SwapMoves(energy.Rows, energy.Cols, remembers: false).Swap(energy, after, a, b);

            var (least, minimisers) = BruteForce.Swaps(energy, before, a, b);
            energy.Of(after).ShouldBe(least);
            var fewest = minimisers.MinBy(l => l.Count(label => label == b))!;
            after.ShouldBe(fewest);
        },
        iter: 300);

    [Fact]
    public void Solve_TwoLabels_IsTheBestOfAllLabellings() => AnyEnergy.Of(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Const(2)).Sample(
        any =>
        {
            var energy = any.Make();
            var found = new int[energy.Sites];

            var least = new SwapMoves(energy.Rows, energy.Cols).Solve(energy, found);

            least.ShouldBe(energy.Of(found));
            least.ShouldBe(BruteForce.Swaps(energy, found, 0, 1).Least);
        },
        iter: 300);

    [Fact]
    public void Solve_WithoutTies_IsALocalMinimumUnderEverySwap() => Gen.OneOf(
        AnyEnergy.Of(Gen.Int[1, 8], Gen.Int[1, 8], Gen.Int[2, 6], ties: false), AnyEnergy.Of(Gen.Int[7, 16], Gen.Int[7, 16], Gen.Int[2, 6], ties: false)).Sample(
        any =>
        {
            var energy = any.Make();
            var (found, moves) = (new int[energy.Sites], new SwapMoves(energy.Rows, energy.Cols));

            var least = moves.Solve(energy, found);

            least.ShouldBe(energy.Of(found));
            for (var a = 0; a < energy.Labels; a++)
            {
                for (var b = a + 1; b < energy.Labels; b++)
                {
                    var swapped = found.ToArray();
                    new SwapMoves(energy.Rows, energy.Cols, remembers: false).Swap(energy, swapped, a, b);
                    energy.Of(swapped).ShouldBe(least, $"swap of {a} and {b}");
                }
            }
        },
        iter: 100);

    [Fact]
    public void Solve_TiesMovedInTheLastSweep_StopsAsGcoDoes()
    {
        // The last sweep moves a tie at the same energy, after the swap of 0 and 2 was tried: gco's rule ends here, one short of a local minimum.
        var energy = new AnyEnergy(2, 4, 3, 27923, General: false).Make();
        var found = new int[energy.Sites];

        var least = new SwapMoves(energy.Rows, energy.Cols).Solve(energy, found);
        new SwapMoves(energy.Rows, energy.Cols, remembers: false).Swap(energy, found, 0, 2);

        energy.Of(found).ShouldBe(least - 1);
    }

    [Fact]
    public void Swap_AnyGrid_NeverRaisesTheEnergy() => Gen.Select(Large, Gen.Int[0, 1000]).Sample(
        (any, seed) =>
        {
            var energy = any.Make();
            var random = new Random(seed);
            var labelling = Enumerable.Range(0, energy.Sites).Select(_ => random.Next(energy.Labels)).ToArray();
            var moves = new SwapMoves(energy.Rows, energy.Cols, remembers: false);
            for (var move = 0; move < 20; move++)
            {
                var before = energy.Of(labelling);
                var a = random.Next(energy.Labels - 1);
                moves.Swap(energy, labelling, a, random.Next(a + 1, energy.Labels));
                energy.Of(labelling).ShouldBeLessThanOrEqualTo(before);
            }
        },
        iter: 100);

    [Fact]
    public void Solve_RememberingOrNot_GivesTheSame() => Gen.OneOf(Small, Large).Sample(
        any =>
        {
            var energy = any.Make();
            var (one, two) = (new int[energy.Sites], new int[energy.Sites]);

            new SwapMoves(energy.Rows, energy.Cols).Solve(energy, one);
            new SwapMoves(energy.Rows, energy.Cols, remembers: false).Solve(energy, two);

            one.ShouldBe(two);
        },
        iter: 200);

    [Fact]
    public void Solve_AgainWithOneWorkspace_AllocatesNothing()
    {
        var energy = new AnyEnergy(4, 4, 6, 1, false).Make();
        var (labelling, moves) = (new int[energy.Sites], new SwapMoves(4, 4));
        moves.Solve(energy, labelling);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            moves.Solve(energy, labelling);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Swap_CostsThatNoCutCanShow_AreRefused()
    {
        var energy = new GridEnergy(1, 2, 2);
        energy.Right[0] = 1;
        energy.SetCost(0, 0, 10);
        energy.Unary(1)[0] = -1;
        energy.Unary(1)[1] = 50;

        Should.Throw<ArgumentException>(() => new SwapMoves(1, 2).Solve(energy, new int[2])).Message.ShouldContain("cannot be swapped");
    }
}
