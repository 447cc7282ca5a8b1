using System.Text.Json;
using MixPolicy.Mixup.Methods;
using MixPolicy.Mixup.PuzzleSolving;
using MixPolicy.Testing;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests.Golden;

public sealed class PuzzleMixGoldenTests
{
    private static readonly string[] Known = ["b", "transport_units"];

    public static TheoryData<string> MixCases => new(GoldenFolder.Cases("puzzle", Known, "b"));

    public static TheoryData<string> TransportCases => new(GoldenFolder.Cases("puzzle", Known, "transport_units"));

    [Theory]
    [MemberData(nameof(MixCases))]
    public void Mix_RecordedDraws_GivesTheRecordedMaskMovesAndBatch(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        var parameters = golden.Meta.GetProperty("params");
        var (blocks, options) = (parameters.GetProperty("block_num").GetInt32(), OptionsOf(parameters));
        var images = GoldenCase.Tensor(golden.Inputs.GetProperty("images"));
        var order = GoldenCase.Tensor(golden.Inputs.GetProperty("indices"));
        var batch = new MixupBatch(images, ones(images.shape[0], 2) / 2, GoldenCase.Tensor(golden.Inputs.GetProperty("saliency")))
        {
            Scale = new(Numbers(golden.Meta, "mean"), Numbers(golden.Meta, "std")),
        };

        var plan = PuzzleSolver.Solve(batch, order.data<long>().ToArray(), parameters.GetProperty("alpha").GetDouble(), blocks, options);
        var mixed = PuzzleMix.Mix(batch, order, plan);

        plan.Mask.ShouldBe(GoldenArrays.Floats(golden.Outputs, "mask"));
        if (options.Transport)
        {
            plan.OwnMoves.ShouldBe(GoldenArrays.Ints(golden.Outputs, "transport_dest1"));
            plan.PartnerMoves.ShouldBe(GoldenArrays.Ints(golden.Outputs, "transport_dest2"));
        }

        mixed.CellWeight!.mean([1, 2]).ShouldBeClose(GoldenCase.Tensor(golden.Outputs.GetProperty("ratio")), 1e-6, 0, "ratio");
        mixed.Images.ShouldBeClose(GoldenCase.Tensor(golden.Outputs.GetProperty("mixed_images")), 1e-5, 0, "images");
        PuzzleBlend.Torch(images, images, order, plan, mixed.CellWeight).ShouldBeClose(mixed.Images, 1e-6, 0, "torch's way");
    }

    [Theory]
    [MemberData(nameof(MixCases))]
    public void Costs_AreTheRecordedOnes(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        var parameters = golden.Meta.GetProperty("params");
        var (blocks, options) = (parameters.GetProperty("block_num").GetInt32(), OptionsOf(parameters));
        var images = GoldenCase.Tensor(golden.Inputs.GetProperty("images"));
        var order = GoldenArrays.Ints(golden.Inputs, "indices");
        var scale = new PixelScale(Numbers(golden.Meta, "mean"), Numbers(golden.Meta, "std"));
        var block = (int)images.shape[3] / blocks;
        var perBlock = block / Math.Min(options.Neighbourhood, block);
        var salience = Saliency.Pool(GoldenCase.Tensor(golden.Inputs.GetProperty("saliency")), blocks).contiguous().data<float>().ToArray();
        var colours = BatchColours.Pooled(new(images, images) { Scale = scale }, blocks * perBlock).contiguous().data<float>().ToArray();
        var (cells, area) = (blocks * blocks, colours.Length / order.Length);
        var costs = new PuzzleCosts(blocks);
        for (var b = 0; b < order.Length; b++)
        {
            costs.Set(
                salience.AsSpan(b * cells, cells), salience.AsSpan(order[b] * cells, cells),
                colours.AsSpan(b * area, area), colours.AsSpan(order[b] * area, area),
                perBlock, (float)(PuzzleSolver.Smoothness(options, blocks) * options.DataSmoothness));

            costs.Own.ShouldBe(Part("graphcut_unary_first", b), 1e-6);
            costs.Partner.ShouldBe(Part("graphcut_unary_second", b), 1e-6);
            costs.Down.ShouldBe(Part("graphcut_pw_x", b), 1e-6);
            costs.Right.ShouldBe(Part("graphcut_pw_y", b), 1e-6);
        }

        float[] Part(string name, int b)
        {
            var all = GoldenArrays.Floats(golden.Outputs, name);
            var length = all.Length / order.Length;
            return all[(b * length)..((b + 1) * length)];
        }
    }

    [Theory]
    [MemberData(nameof(TransportCases))]
    public void Transport_GivesTheRecordedMovesAndImages(string path)
    {
        using var scope = NewDisposeScope();
        foreach (var (input, output) in GoldenArrays.Pairs(path))
        {
            var (side, mask, saliency) = (input.GetProperty("block_num").GetInt32(), GoldenArrays.Floats(input, "mask"), GoldenArrays.Floats(input, "grad_pool"));
            var transport = new MaskTransport(side, input.GetProperty("eps").GetDouble());
            var (cells, moves) = (side * side, new int[mask.Length]);
            for (var start = 0; start < mask.Length; start += cells)
            {
                transport.Plan([.. mask[start..(start + cells)].Select(m => m > 0 ? 1f : 0f)], saliency.AsSpan(start, cells), moves.AsSpan(start, cells));
            }

            moves.ShouldBe(GoldenArrays.Ints(output, "dest"));

            // Published, a place that no block moves to is blank; here it keeps its own block.
            var recorded = GoldenCase.Tensor(output.GetProperty("transported"));
            var moved = BlockMoves.Apply(GoldenCase.Tensor(input.GetProperty("image")), side, moves);
            where(recorded.eq(0), recorded, moved).ShouldBeClose(recorded, 0, 0, "images");
        }
    }

    private static float[] Numbers(JsonElement meta, string name) => [.. meta.GetProperty(name).EnumerateArray().Select(e => e.GetSingle())];

    private static PuzzleMixOptions OptionsOf(JsonElement parameters) => new()
    {
        Labels = parameters.GetProperty("n_labels").GetInt32(),
        LabelSmoothness = parameters.GetProperty("beta").GetDouble(),
        DataSmoothness = parameters.GetProperty("gamma").GetDouble(),
        Prior = parameters.GetProperty("eta").GetDouble(),
        Neighbourhood = parameters.GetProperty("neigh_size").GetInt32(),
        Transport = parameters.GetProperty("transport").GetBoolean(),
        TransportCost = parameters.GetProperty("t_eps").GetDouble(),
        TransportSize = Math.Max(0, parameters.GetProperty("t_size").GetInt32()),
    };
}
