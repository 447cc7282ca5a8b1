using CsCheck;
using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.Draws;
using MixPolicy.Mixup.Methods;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

/// <summary>Cases computed by hand: no vectors of these methods exist.</summary>
public sealed class MixingMethodTests
{
    [Fact]
    public void ManifoldMixup_Hidden_IsMixedWithThePartnersAndDifferentiable()
    {
        using var scope = NewDisposeScope();
        var batch = Batch(2, 2, 2);
        var mixed = ManifoldMixup.Mix(batch, tensor(new long[] { 1, 0 }), 1, [0.75]);
        var hidden = tensor(new float[] { 4, 8 }, [2, 1], requires_grad: true);

        var result = ManifoldMixup.MixHidden(hidden, mixed);

        mixed.Place.ShouldBe(1);
        result.detach().ShouldBeClose(tensor(new float[] { 5, 7 }, [2, 1]), 1e-6, 0, "hidden");
        mixed.Labels.ShouldBeClose(tensor(new float[] { 0.75f, 0.25f, 0.25f, 0.75f }, [2, 2]), 1e-6, 0, "labels");
        result[0].sum().backward();
        hidden.grad!.ShouldBeClose(tensor(new float[] { 0.75f, 0.25f }, [2, 1]), 1e-6, 0, "gradient");
    }

    [Fact]
    public void ManifoldMixup_LambdaAnImage_MixesEachByItsOwn()
    {
        using var scope = NewDisposeScope();
        var mixed = ManifoldMixup.Mix(Batch(2, 2, 2), tensor(new long[] { 1, 0 }), 2, [0.75, 0.5]);

        ManifoldMixup.MixHidden(tensor(new float[] { 4, 8 }, [2, 1, 1]), mixed).ShouldBeClose(tensor(new float[] { 5, 6 }, [2, 1, 1]), 1e-6, 0, "hidden");
    }

    [Fact]
    public void ManifoldMixup_PlaceZero_MixesTheImages()
    {
        using var scope = NewDisposeScope();
        var batch = Batch(2, 2, 2);

        var mixed = ManifoldMixup.Mix(batch, tensor(new long[] { 1, 0 }), 0, [0.25]);

        mixed.Place.ShouldBeNull();
        mixed.Images.ShouldBeClose((batch.Images * 0.25) + (batch.Images.flip(0) * 0.75), 1e-6, 0, "images");
        ManifoldMixup.MixHidden(batch.Images, mixed).ShouldEqual(batch.Images, "representation of a batch mixed already");
    }

    [Fact]
    public void ManifoldMixup_HiddenOfAnotherBatch_SaysWhatIsAllowed()
    {
        using var scope = NewDisposeScope();
        var mixed = ManifoldMixup.Mix(Batch(2, 2, 2), tensor(new long[] { 1, 0 }), 1, [0.75]);

        Should.Throw<ArgumentException>(() => ManifoldMixup.MixHidden(zeros(3, 4), mixed)).Message.ShouldContain("hidden is [3, 4]; allowed: a first dimension of 2");
    }

    /// <summary>λ = 0.75 on 8×8: a box of 4×4 around the peak of the partner's map, clipped at the border.</summary>
    [Fact]
    public void SaliencyMix_OnePeakAnImage_CutsAroundTheSourcesPeak()
    {
        using var scope = NewDisposeScope();
        var batch = Batch(2, 8, 8);
        var saliency = zeros(2, 8, 8);
        saliency[0, 3, 5] = 1;
        saliency[1, 0, 0] = 2;
        var parameters = new MixParameters { Lambda = LambdaDraw.Fixed(0.75), Scope = LambdaScope.Pair };

        var mixed = new SaliencyMix().Mix(batch with { Saliency = saliency }, parameters, new Generator(1));

        var own = ones(2, 1, 8, 8);
        own[0, 0, ..2, ..2] = 0;
        own[1, 0, 1..5, 3..7] = 0;
        mixed.OwnWeight()!.ShouldEqual(own, "own share");
        mixed.ImageLambda!.ShouldBeClose(tensor(new[] { 60 / 64f, 48 / 64f }), 1e-6, 0, "labels' share");
    }

    [Fact]
    public void ResizeMix_HalfTheSide_ShowsTheWholePartnerInTheBox()
    {
        using var scope = NewDisposeScope();
        var images = cat([zeros(1, 1, 4, 4), arange(16, float32).view(1, 1, 4, 4)]);
        var batch = new MixupBatch(images, eye(2));

        var mixed = ResizeMix.Mix(batch, tensor(new long[] { 1, 0 }), [new CutBox(1, 3, 2, 4)], null);

        // Centres of a 2-pixel line lie at 1 and 3 of 4: pixels 1 and 3.
        var expected = zeros(4, 4);
        expected[1..3, 2..4] = tensor(new float[] { 5, 7, 13, 15 }, [2, 2]);
        mixed.Images[0, 0].ShouldEqual(expected, "image");
        mixed.Lambda.ShouldBe(0.75);
    }

    [Theory]
    [InlineData(0.36, 8)]
    [InlineData(0.99, 1)]
    public void ResizeMix_Lambda_GivesTheSideRootOneMinusLambda(double lambda, int side)
    {
        using var scope = NewDisposeScope();

        var mixed = new ResizeMix().Mix(Batch(3, 10, 10), new() { Lambda = LambdaDraw.Fixed(lambda) }, new Generator(4));

        mixed.Lambda.ShouldBe(1 - (side * side / 100.0), 1e-9);
    }

    [Fact]
    public void ResizeMix_Published_DrawsSidesOfATenthToEightTenths()
    {
        var stream = new RandomStream(1);

        var sides = Enumerable.Range(0, 2000).Select(_ => Math.Sqrt(1 - new ResizeMix().Published.Lambda.Draw(stream))).ToArray();

        sides.Min().ShouldBe(0.1, 0.01);
        sides.Max().ShouldBe(0.8, 0.01);
        sides.Average().ShouldBe(0.45, 0.02);
    }

    [Fact]
    public void FMix_GreyImage_KeepsTheHighestPixels()
    {
        using var scope = NewDisposeScope();
        var batch = Batch(2, 2, 3);
        var pairing = new Pairing([1, 0], tensor(new long[] { 1, 0 }), [0.5], [[0, 1]]);

        var mixed = FMix.Mix(batch, pairing, [3, 1, 9, 2, 7, 5]);

        mixed.OwnWeight()!.flatten().ShouldEqual(tensor(new float[] { 0, 0, 1, 0, 1, 1 }), "own share");
        mixed.Lambda.ShouldBe(0.5);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.501)]
    [InlineData(0.999)]
    public void FMix_AnyLambda_IsExactToOnePixel(double lambda)
    {
        using var scope = NewDisposeScope();

        var mixed = new FMix().Mix(Batch(3, 7, 9), new() { Lambda = LambdaDraw.Fixed(lambda) }, new Generator(4));

        mixed.Lambda.ShouldBe(lambda, 0.5 / 63);
        mixed.OwnWeight()!.mean().ToDouble().ShouldBe(mixed.Lambda, 1e-6);
    }

    [Fact]
    public void FMix_EqualPixels_KeepsTheFirst()
    {
        using var scope = NewDisposeScope();
        var pairing = new Pairing([1, 0], tensor(new long[] { 1, 0 }), [0.5], [[0, 1]]);

        FMix.Mix(Batch(2, 2, 3), pairing, [2, 2, 9, 2, 2, 2]).OwnWeight()!.flatten().ShouldEqual(tensor(new float[] { 1, 1, 1, 0, 0, 0 }), "own share");
    }

    [Fact]
    public void OrderStatistic_AnyValues_IsThatOfTheSortedOnes() => Gen.Select(Gen.Int[-5, 5].Array[1, 40], Gen.Int[0, 1000]).Sample((values, at) =>
    {
        var rank = at % values.Length;

        OrderStatistic.Of(Array.ConvertAll(values, v => (float)v), rank).ShouldBe(values.Order().ElementAt(rank));
    });

    /// <summary>With δ = 0 all frequencies are as strong; with 3 neighbours are nearly equal.</summary>
    [Fact]
    public void LowFrequencyNoise_LargerDecay_IsSmoother()
    {
        double Roughness(double decay)
        {
            var grey = LowFrequencyNoise.Draw(new RandomStream(1), 1, 32, 32, decay);
            var variance = grey.Average(v => v * v);
            return Enumerable.Range(0, grey.Length - 1).Average(i => (grey[i + 1] - grey[i]) * (grey[i + 1] - grey[i])) / variance;
        }

        Roughness(0).ShouldBe(2, 0.3);
        Roughness(3).ShouldBeLessThan(0.3);
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(0.5, 8)]
    [InlineData(0.3, 5)]
    [InlineData(0, 0)]
    public void GridMix_Cells_AreOwnToTheNearestCell(double lambda, int own) =>
        GridMix.Cells(new RandomStream(1), 16, lambda).Sum().ShouldBe(own);

    /// <summary>σ = side/2 around pixel 1 of 3: exp(−(1/1.5)²/2) = 0.800737 at the neighbours.</summary>
    [Fact]
    public void SmoothMix_Blob_IsGaussian()
    {
        var share = SmoothMix.OwnShare(3, 3, 0.5, 1, 1);

        share[4].ShouldBe(0);
        share[1].ShouldBe(1 - 0.800737f, 1e-5f);
        share[0].ShouldBe(1 - (0.800737f * 0.800737f), 1e-5f);
    }

    [Fact]
    public void SmoothMix_NoSpread_IsEmpty() => SmoothMix.OwnShare(3, 2, 0, 1, 1).ShouldAllBe(w => w == 1);

    [Fact]
    public void AttentiveMix_TopCells_ArePastedFromThePartner()
    {
        using var scope = NewDisposeScope();
        var features = tensor(new float[] { 0, 0, 0, 1, 5, 0, 5, 9 }, [2, 2, 2]);
        var batch = Batch(2, 4, 4) with { Features = features };
        var method = new AttentiveMix(new() { TopShare = 0.5 });

        // Whichever seed swaps the two.
        var mixed = Enumerable.Range(0, 20).Select(seed => method.Mix(batch, new(), new Generator((ulong)seed))).First(m => m.Partner![0].item<long>() == 1);

        var own = ones(2, 1, 4, 4);
        own[0, 0, 2..4, 2..4] = 0;
        own[0, 0, ..2, ..2] = 0; // 5 twice: the first counts
        own[1, 0, 2..4, 2..4] = 0;
        own[1, 0, ..2, ..2] = 0; // 0 thrice: the first counts
        mixed.OwnWeight()!.ShouldEqual(own, "own share");
        mixed.Lambda.ShouldBe(0.5);
    }

    [Theory]
    [InlineData(7, 7, 43)]
    [InlineData(4, 4, 14)]
    [InlineData(1, 2, 1)]
    public void AttentiveMix_PublishedShare_IsSixOfFortyNineAndAtLeastOneCell(int rows, int cols, int own)
    {
        using var scope = NewDisposeScope();
        var batch = Batch(3, 28, 28) with { Features = rand(3, rows, cols) };

        new AttentiveMix().Mix(batch, new(), new Generator(1)).Lambda.ShouldBe((double)own / (rows * cols), 1e-6);
    }

    [Fact]
    public void AttentiveMix_NoFeatures_SaysSo()
    {
        using var scope = NewDisposeScope();

        Should.Throw<ArgumentException>(() => new AttentiveMix().Mix(Batch(2, 4, 4), new(), new Generator(1))).Message.ShouldContain("Features is missing");
    }

    [Fact]
    public void GuidedMixup_WithoutBlur_WeighsPixelsBySaliency()
    {
        using var scope = NewDisposeScope();
        var saliency = tensor(new float[] { 3, 1, 0, 0, 1, 3, 0, 0 }, [2, 2, 2]);

        var mixed = new GuidedMixup(new() { BlurKernel = 1 }).Mix(Batch(2, 2, 2) with { Saliency = saliency }, new(), new Generator(1));

        mixed.Partner!.ShouldEqual(tensor(new long[] { 1, 0 }), "partner");
        mixed.OwnWeight()!.ShouldBeClose(tensor(new float[] { 0.75f, 0.25f, 0.5f, 0.5f, 0.25f, 0.75f, 0.5f, 0.5f }, [2, 1, 2, 2]), 1e-6, 0, "own share");
        mixed.Lambda.ShouldBe(0.5, 1e-6);
    }

    /// <summary>Points on a line at 0, 1, 3, 10: the farthest are 0 and 3; 3 takes 1, as 0 gives already; 1 takes 2; 2 closes the circle.</summary>
    [Fact]
    public void FarthestPairs_FourMaps_AreOneGreedyCircle()
    {
        using var scope = NewDisposeScope();

        FarthestPairs.Cycle(tensor(new float[] { 0, 1, 3, 10 }, [4, 1, 1])).ShouldBe([3, 2, 0, 1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void FarthestPairs_EqualMaps_StillPairEveryoneOnce(int size)
    {
        using var scope = NewDisposeScope();

        var partner = FarthestPairs.Cycle(ones(size, 2, 2));

        partner.Order().ShouldBe(Enumerable.Range(0, size).Select(b => (long)b));
        Enumerable.Range(0, size).Count(b => partner[b] == b).ShouldBe(size == 1 ? 1 : 0);
    }

    /// <summary>Kernel of three with σ = 1: e^−½ = 0.606531 beside 1, so 0.274069, 0.451863, 0.274069; the mirrored neighbour of pixel 0 is pixel 1.</summary>
    [Fact]
    public void GaussianBlur_OnePixel_SpreadsWithMirroredBorders()
    {
        using var scope = NewDisposeScope();

        GaussianBlur.Of(tensor(new float[] { 1, 0, 0 }, [1, 1, 3]), 1, 1).flatten()
            .ShouldBeClose(tensor(new[] { 0.451863f, 0.274069f, 0f }), 1e-5, 0, "border");
        GaussianBlur.Of(tensor(new float[] { 0, 1, 0 }, [1, 1, 3]), 1, 1).flatten()
            .ShouldBeClose(tensor(new[] { 0.548137f, 0.451863f, 0.548137f }), 1e-5, 0, "middle");
    }

    [Fact]
    public void Switch_ThreeToOne_TakesThemAsOftenAndNeedsWhatAnyNeeds()
    {
        using var scope = NewDisposeScope();
        var method = new MixupSwitch([(MixupMethods.CutMix, 3), (new AttentiveMix(), 1)]);
        var batch = Batch(2, 14, 14) with { Features = rand(2, 7, 7) };
        var generator = new Generator(5);

        var attentive = Enumerable.Range(0, 400).Count(_ => method.Mix(batch, new(), generator).ImageLambda is not null);

        attentive.ShouldBeInRange(65, 135);
        (method.NeedsFeatures, method.NeedsSaliency, method.UsesLambda, method.UsesThreshold).ShouldBe((true, false, true, false));
        method.Name.ShouldBe("switch(cutmix, attentivemix)");
    }

    [Fact]
    public void Switch_BadChoices_AreRefused()
    {
        Should.Throw<ArgumentException>(() => new MixupSwitch([])).Message.ShouldContain("1 or more");
        Should.Throw<ArgumentException>(() => new MixupSwitch([(MixupMethods.CutMix, 0)])).Message.ShouldContain("the weight of cutmix must be positive and finite");
        Should.Throw<ArgumentException>(() => new MixupSwitch([(MixupMethods.CutMix, 1), (MixupMethods.CoMixup, 1)])).Message.ShouldContain("one loss");
    }

    [Fact]
    public void Options_OutOfRange_NameFieldValueAndRange()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new ManifoldMixupOptions { Places = [0, -1] }).Message.ShouldContain("[0, -1]");
        Should.Throw<ArgumentOutOfRangeException>(() => new SaliencyMixOptions { BlurSigma = -1 }).ParamName.ShouldBe("BlurSigma");
        Should.Throw<ArgumentOutOfRangeException>(() => new ResizeMixOptions { Largest = 1.5 }).Message.ShouldContain("[0, 1]");
        Should.Throw<ArgumentOutOfRangeException>(() => new FMixOptions { Decay = double.NaN }).ParamName.ShouldBe("Decay");
        Should.Throw<ArgumentOutOfRangeException>(() => new GridMixOptions { Cells = 0 }).ActualValue.ShouldBe(0);
        Should.Throw<ArgumentOutOfRangeException>(() => new SmoothMixOptions { LargestSpread = 0 }).Message.ShouldContain("(0, 10]");
        Should.Throw<ArgumentOutOfRangeException>(() => new AttentiveMixOptions { TopShare = 2 }).ActualValue.ShouldBe(2.0);
        Should.Throw<ArgumentOutOfRangeException>(() => new GuidedMixupOptions { BlurKernel = 4 }).Message.ShouldContain("odd");
        Should.Throw<ArgumentOutOfRangeException>(() => new MixParameters { LabelSmoothing = 1 }).Message.ShouldContain("[0, 1)");
        Should.Throw<ArgumentOutOfRangeException>(() => new MixParameters { Scope = (LambdaScope)7 }).ParamName.ShouldBe("Scope");
        Should.Throw<ArgumentOutOfRangeException>(() => LambdaDraw.Side(0.5, 0.4)).Message.ShouldContain("[0.5, 1]");
    }

    private static MixupBatch Batch(int size, int height, int width) =>
        new(randn([size, 1, height, width], generator: new Generator(1)), eye(size), rand([size, height, width], generator: new Generator(2)));
}
