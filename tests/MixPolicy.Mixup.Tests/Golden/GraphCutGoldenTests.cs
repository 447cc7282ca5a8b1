using MixPolicy.Mixup.CoMixupSolving;
using MixPolicy.Mixup.GraphCuts;
using MixPolicy.Testing;

namespace MixPolicy.Mixup.Tests.Golden;

public sealed class GraphCutGoldenTests
{
    private static readonly string[] Known = ["swap_units", "topk_units", "wrapper_soft_labels"];

    public static TheoryData<string> SwapCases => new(GoldenFolder.Cases("gco", Known, "swap_units"));

    public static TheoryData<string> TopCases => new(GoldenFolder.Cases("gco", Known, "topk_units"));

    public static TheoryData<string> WrapperCases => new(GoldenFolder.Cases("gco", Known, "wrapper_soft_labels"));

    [Theory]
    [MemberData(nameof(SwapCases))]
    public void SwapMoves_GivesTheRecordedLabellingAndEnergy(string path)
    {
        foreach (var (input, output) in GoldenArrays.Pairs(path))
        {
            var (shape, unary) = (GoldenArrays.Shape(input, "unary"), GoldenArrays.Floats(input, "unary"));
            input.GetProperty("n_label").GetInt32().ShouldBe(0);
            var (rows, cols, labels) = (shape[0], shape[1], shape[2]);
            var energy = new GridEnergy(rows, cols, labels);
            energy.SetPotts(100);
            var edge = (int)(input.GetProperty("beta").GetSingle() * 1000f);
            energy.Right.AsSpan().Fill(edge);
            energy.Down.AsSpan().Fill(edge);
            for (var at = 0; at < unary.Length; at++)
            {
                energy.Unary(at % labels)[at / labels] = (int)(unary[at] * 100_000f);
            }

            var found = new int[rows * cols];
            var least = new SwapMoves(rows, cols).Solve(energy, found);

            found.ShouldBe(GoldenArrays.Ints(output, "labels"));
            least.ShouldBe(output.GetProperty("energy_int").GetInt64());
        }
    }

    [Theory]
    [MemberData(nameof(TopCases))]
    public void TopThree_KeepsTheRecordedOnesOfEqualCounts(string path)
    {
        foreach (var (input, output) in GoldenArrays.Pairs(path))
        {
            var counts = GoldenArrays.Floats(input, "label_count");
            var order = new int[counts.Length];

            TopThree.Find(counts, order);

            order[..3].ShouldBe(GoldenArrays.Ints(output, "top3"));
        }
    }

    [Theory]
    [MemberData(nameof(WrapperCases))]
    public void OutputLabeller_WithBlends_GivesTheRecordedMask(string path)
    {
        foreach (var (input, output) in GoldenArrays.Pairs(path))
        {
            RecordedCall.Label(input, input.GetProperty("beta").GetDouble(), input.GetProperty("iter_idx").GetInt32()).ShouldBe(GoldenArrays.Floats(output, "mask"));
        }
    }
}
