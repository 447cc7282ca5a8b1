using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Methods;
using MixPolicy.Mixup.PuzzleSolving;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

/// <summary>PuzzleMix and Co-Mixup beyond what golden vectors and the properties of all methods say.</summary>
public sealed class SolverMethodTests
{
    private static readonly MixParameters Whole = new() { Lambda = LambdaDraw.Fixed(0.4) };

    [Fact]
    public void CoMixup_OneThreadOrFour_GivesTheSameBatch()
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(45, 3, 32, 32, 10, "random", "random", 3).Make();
        MixedBatch Mix(int threads, CoMixupSolver solver) =>
            new CoMixup(new() { Partition = 10, Threads = threads, Solver = solver }).Mix(batch, new(), new Generator(4));

        foreach (var solver in Enum.GetValues<CoMixupSolver>())
        {
            Mix(4, solver).Images.ShouldEqual(Mix(1, solver).Images, "images");
            Mix(4, solver).Labels.ShouldEqual(Mix(1, solver).Labels, "labels");
        }
    }

    [Fact]
    public void CoMixup_SaliencyLabels_WeighWhatIsShownAndSumToOne()
    {
        using var scope = NewDisposeScope();
        // All saliency of image 0 is in its upper half: where only its lower half is shown, its label does not count.
        var saliency = ones(2, 4, 4);
        saliency[0, 2..].zero_();
        var labelling = new BatchLabelling(2, 2, 1, [1, 0, 0, 1], [1, 0, 0, 1]);

        var labels = LabelledBlend.SalientLabels(eye(2), labelling, SpanBlend.Values(Saliency.Pool(saliency, 2, 1)));
        var nothing = LabelledBlend.SalientLabels(eye(2), labelling, new float[4]);
        var whole = new CoMixup(new() { SaliencyLabels = true }).Mix(new AnyBatch(7, 3, 16, 16, 7, "random", "random", 5).Make(), new(), new Generator(6));

        // Output 0: half of image 1's saliency and none of image 0's; output 1: all of image 0's, half of image 1's.
        labels.ShouldBeClose(tensor(new float[,] { { 0, 1 }, { 2 / 3f, 1 / 3f } }), 0, 1e-6, "labels");
        nothing.ShouldBeClose(full([2, 2], 0.5f), 0, 1e-6, "no saliency: the areas");
        whole.Labels.sum(1).ShouldBeClose(ones(7), 0, 1e-5, "sums");
    }

    [Fact]
    public void PuzzleMix_OneThreadOrFour_GivesTheSameBatch()
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(20, 3, 32, 32, 10, "random", "random", 3).Make();
        MixedBatch Mix(int threads) => new PuzzleMix(new() { Blocks = 8, Threads = threads }).Mix(batch, Whole, new Generator(4));

        Mix(4).Images.ShouldEqual(Mix(1).Images, "images");
    }

    [Theory]
    [InlineData(CoMixupSolver.Published)]
    [InlineData(CoMixupSolver.Tight)]
    public void CoMixup_AnyBatch_LabelsAreTheInputsByTheAreaOfTheirCells(CoMixupSolver solver)
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(7, 1, 9, 14, 7, "random", "random", 5).Make() with { Labels = eye(7) };

        var mixed = new CoMixup(new() { Solver = solver }).Mix(batch, new(), new Generator(6));

        var labelling = mixed.Labelling!;
        var expected = new float[7, 7];
        for (var y = 0; y < 9; y++)
        {
            for (var x = 0; x < 14; x++)
            {
                for (var output = 0; output < 7; output++)
                {
                    var cell = (((output * labelling.Rows) + (y * labelling.Rows / 9)) * labelling.Cols) + (x * labelling.Cols / 14);
                    var (first, second) = (labelling.First[cell], labelling.Second[cell]);
                    expected[output, first] += 0.5f / (9 * 14);
                    expected[output, second] += 0.5f / (9 * 14);
                    var pixel = (batch.Images[first, 0, y, x] + batch.Images[second, 0, y, x]) / 2;
                    mixed.Images[output, 0, y, x].item<float>().ShouldBe(pixel.item<float>(), 1e-6f);
                }
            }
        }

        mixed.Labels.ShouldBeClose(tensor(expected), 1e-5, 0, "labels");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void CoMixup_LargeImages_LabelsSumToOne(int blocks)
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(4, 1, 224, 224, 3, "random", "random", 11).Make();

        var mixed = new CoMixup(new() { Blocks = blocks }).Mix(batch, new(), new Generator(12));

        mixed.Labels.sum(1).ShouldBeClose(ones(4), 1e-5, 0, "sums");
    }

    [Fact]
    public void PuzzleMix_LargeImages_MovesAtMost32PlacesASide()
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(2, 3, 224, 224, 3, "random", "random", 13).Make();

        PuzzleSolver.Solve(batch, [1, 0], 0.5, 8, new() { TransportSize = 1 }).Places.ShouldBe(8);
        PuzzleSolver.Solve(batch, [1, 0], 0.5, 8, new() { TransportSize = 7 }).Places.ShouldBe(32);
    }

    [Fact]
    public void CoMixup_LeftOverImage_StaysAsItIs()
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(6, 3, 8, 8, 4, "random", "random", 7).Make();

        var mixed = new CoMixup(new() { Partition = 5 }).Mix(batch, new(), new Generator(8));

        mixed.Images[5].ShouldEqual(batch.Images[5], "the sixth of partitions of five");
        mixed.Labels[5].ShouldBeClose(batch.Labels[5], 1e-6, 0, "its label");
    }

    [Fact]
    public void PuzzleMix_AdversarialNoise_StaysWithinTheRadius()
    {
        using var scope = NewDisposeScope();
        var plain = new AnyBatch(10, 3, 16, 16, 4, "random", "random", 9).Make();
        var batch = plain with { Images = plain.Images.clamp(0, 1), Gradient = plain.Images.neg(), Scale = new([0, 0, 0], [1, 1, 1]) };
        var options = new PuzzleMixOptions { Blocks = 4, Transport = false, NoiseRadius = 0.05 };

        var clean = new PuzzleMix(options).Mix(batch, Whole, new Generator(10));
        var noisy = new PuzzleMix(options with { NoiseProbability = 1 }).Mix(batch, Whole, new Generator(10));

        var difference = (noisy.Images - clean.Images).abs().max().item<float>();
        difference.ShouldBeInRange(1e-4f, 0.05f + 1e-6f);
        noisy.Images.min().item<float>().ShouldBeGreaterThanOrEqualTo(0);
        noisy.Images.max().item<float>().ShouldBeLessThanOrEqualTo(1);
        noisy.Labels.ShouldEqual(clean.Labels, "labels");
    }

    [Fact]
    public void PuzzleMix_NoiseWithoutGradient_IsRefused()
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(4, 3, 16, 16, 4, "random", "random", 9).Make() with { Gradient = null };

        Should.Throw<ArgumentException>(() => new PuzzleMix(new() { NoiseProbability = 0.1 }).Mix(batch, Whole, new Generator(1))).Message.ShouldContain("Gradient");
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedByName()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new CoMixupOptions { Partition = 0 }).Message.ShouldContain("Partition must be");
        Should.Throw<ArgumentException>(() => new ResizeMix(new() { Smallest = 0.9 })).Message.ShouldContain("Largest is 0.8; allowed: from Smallest, 0.9");
        Should.Throw<ArgumentException>(() => new PixelScale([0, 0], [1, 0])).Message.ShouldContain("Deviation is [1, 0]");
        Should.Throw<ArgumentOutOfRangeException>(() => new PuzzleMixOptions { Labels = 5 }).Message.ShouldContain("Labels must be 2, 3 or 4");
    }

    [Fact]
    public void BlockMoves_PlaceThatNobodyMovesTo_KeepsItsOwn()
    {
        Span<int> sources = stackalloc int[4];

        BlockMoves.Sources([1, MaskTransport.Nowhere, 2, MaskTransport.Nowhere], sources);

        sources.ToArray().ShouldBe([0, 0, 2, 3]);
    }
}
