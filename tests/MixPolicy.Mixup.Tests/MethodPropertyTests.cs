using CsCheck;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

public sealed class MethodPropertyTests
{
    private const int Samples = 100;

    private static readonly string[] Cutting =
        ["cutmix", "cut-top-paste", "cut-top-least-paste", "saliencymix", "fmix", "gridmix", "attentivemix"];

    /// <summary>Methods that show a source's pixels elsewhere than where they were.</summary>
    private static readonly string[] Moving = ["puzzlemix", "resizemix"];

    private static readonly Gen<MixParameters> AnyParameters = Gen.Select(
        Gen.OneOf(Gen.OneOf(1e-6, 1e-3, 0.2, 1, 50, 1e6).Select(LambdaDraw.Beta), Gen.OneOf(0.0, 0.3, 1).Select(LambdaDraw.Fixed)),
        Gen.OneOf(Gen.Const(ThresholdDraw.Grid), Gen.Select(Gen.Double[0, 0.99], Gen.Double[0, 1.98]).Select((t, s) => ThresholdDraw.Band(t, s))),
        Gen.Int[1, 40], Gen.OneOf(Enum.GetValues<LambdaScope>()),
        (lambda, threshold, patch, scope) => new MixParameters { Lambda = lambda, Threshold = threshold, PatchSizes = patch > 33 ? null : [patch], Scope = scope });

    public static TheoryData<string> Methods => new(MixupMethods.All.Select(m => m.Name));

    [Theory]
    [MemberData(nameof(Methods))]
    public void Mix_AnyBatch_KeepsLabelMassAndPixelRange(string method) => ForAny(method, (batch, mixed) =>
    {
        mixed.Labels.isfinite().all().item<bool>().ShouldBeTrue("finite labels");
        mixed.Labels.sum(1).ShouldBeClose(ones(batch.Size), 1e-5, 0, "label sums");
        mixed.Images.isfinite().all().item<bool>().ShouldBeTrue("finite images");
        mixed.Lambda.ShouldBeInRange(0, 1);
        var partner = mixed.Partner is null ? batch.Images : batch.Images.index_select(0, mixed.Partner);
        var (low, high) = Range(method, batch, partner, mixed);
        mixed.Images.gt(high + 1e-6).any().item<bool>().ShouldBeFalse("above the sources");
        mixed.Images.lt(low - 1e-6).any().item<bool>().ShouldBeFalse("below the sources");
        if (Cutting.Contains(method))
        {
            mixed.Images.eq(batch.Images).logical_or(mixed.Images.eq(partner)).all().item<bool>().ShouldBeTrue("every pixel is a source's");
        }
    });

    [Theory]
    [MemberData(nameof(Methods))]
    public void Mix_AnyBatch_MixesLabelsByTheAreaOfThePixels(string method) => ForAny(method, (batch, mixed) =>
    {
        if (mixed.Labelling is not null)
        {
            // Many sources: Co-Mixup's own tests.
            return;
        }

        if (mixed.Place is not null)
        {
            var lambda = mixed.ImageLambda?.unsqueeze(1) ?? tensor((float)mixed.Lambda);
            mixed.Images.ShouldEqual(batch.Images, "images");
            mixed.Labels.ShouldBeClose((lambda * batch.Labels) + ((1 - lambda) * batch.Labels.index_select(0, mixed.Partner!)), 1e-5, 0, "labels");
            return;
        }

        if (mixed.OwnWeight() is not { } weight)
        {
            mixed.Images.ShouldEqual(batch.Images, "images");
            mixed.Labels.ShouldEqual(batch.Labels, "labels");
            return;
        }

        var pixels = (weight * batch.Images) + ((1 - weight) * batch.Images.index_select(0, mixed.Partner!));
        var share = weight.mean([1, 2, 3]).unsqueeze(1);
        var labels = (share * batch.Labels) + ((1 - share) * batch.Labels.index_select(0, mixed.Partner!));
        if (!Moving.Contains(method))
        {
            mixed.Images.ShouldBeClose(pixels, 1e-6, 1e-6, "images");
        }

        mixed.Labels.ShouldBeClose(labels, 1e-5, 0, "labels");
    });

    [Theory]
    [MemberData(nameof(Methods))]
    public void Mix_SameSeed_GivesTheSameBatch(string method) => Gen.Select(AnyBatch.Any, AnyParameters, Gen.Long[0, 1000]).Sample(
        (any, parameters, seed) =>
        {
            using var scope = NewDisposeScope();
            var batch = any.Make();
            var (one, two) = (new Generator((ulong)seed), new Generator((ulong)seed));

            var first = MixupMethods.ByName(method).Mix(batch, parameters, one);
            var second = MixupMethods.ByName(method).Mix(batch, parameters, two);

            first.Images.ShouldEqual(second.Images, "images");
            first.Labels.ShouldEqual(second.Labels, "labels");
            one.get_state().ShouldEqual(two.get_state(), "generator state");
        },
        iter: 30, threads: 1);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Mix_OtherLayoutOrType_GivesTheSameAsTheFastPath(string method) => Gen.Select(AnyBatch.Any, AnyParameters, Gen.Long[0, 1000]).Sample(
        (any, parameters, seed) =>
        {
            using var scope = NewDisposeScope();
            var batch = any.Make();
            MixedBatch Mix(MixupBatch b) => MixupMethods.ByName(method).Mix(b, parameters, new Generator((ulong)seed));

            var fast = Mix(batch);
            var channelsLast = Mix(batch with { Images = batch.Images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) });
            var wide = Mix(batch with { Images = batch.Images.to(float64), Labels = batch.Labels.to(float64) });
            var tracked = Mix(batch with { Images = batch.Images.clone().requires_grad_() });

            channelsLast.Images.ShouldBeClose(fast.Images, 1e-6, 1e-6, "channels-last images");
            wide.Images.to(float32).ShouldBeClose(fast.Images, 1e-6, 1e-6, "float64 images");
            wide.Labels.to(float32).ShouldBeClose(fast.Labels, 1e-6, 1e-6, "float64 labels");
            tracked.Images.requires_grad.ShouldBeTrue();
            tracked.Images.detach().ShouldBeClose(fast.Images, 1e-6, 1e-6, "images with gradient");
        },
        iter: 50, threads: 1);

    [Theory]
    [InlineData("input-mixup")]
    [InlineData("manifold-mixup")]
    [InlineData("cutmix")]
    [InlineData("saliencymix")]
    [InlineData("resizemix")]
    [InlineData("fmix")]
    [InlineData("gridmix")]
    [InlineData("smoothmix")]
    public void Mix_LambdaOne_ReturnsTheInput(string method) => Gen.Select(AnyBatch.Any, Gen.OneOf(Enum.GetValues<LambdaScope>())).Sample(
        (any, scopeOfLambda) =>
        {
            using var scope = NewDisposeScope();
            var batch = any.Make();

            var mixed = MixupMethods.ByName(method).Mix(batch, new() { Lambda = LambdaDraw.Fixed(1), Scope = scopeOfLambda }, new Generator(3));

            mixed.Images.ShouldEqual(batch.Images, "images");
            mixed.Labels.ShouldEqual(batch.Labels, "labels");
        },
        iter: 30, threads: 1);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Mix_ProbabilityZero_ReturnsTheInputAndDrawsAsIfMixed(string method)
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(5, 3, 8, 8, 4, "random", "random", 1).Make();
        var (never, always) = (new Generator(5), new Generator(5));

        var mixed = MixupMethods.ByName(method).Mix(batch, new() { Probability = 0 }, never);
        MixupMethods.ByName(method).Mix(batch, new() { Probability = 1 }, always);

        mixed.Partner.ShouldBeNull();
        mixed.OwnWeight().ShouldBeNull();
        mixed.Lambda.ShouldBe(1);
        mixed.Images.ShouldEqual(batch.Images, "images");
        never.get_state().ShouldEqual(always.get_state(), "generator state");
    }

    [Fact]
    public void Mix_CutMixAsPublished_MixesAboutHalfOfTheBatches()
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(2, 1, 8, 8, 2, "random", "random", 1).Make();
        var generator = new Generator(7);

        var mixed = Enumerable.Range(0, 400).Count(_ => MixupMethods.CutMix.Mix(batch, MixupMethods.CutMix.Published, generator).Partner is not null);

        mixed.ShouldBeInRange(150, 250);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Mix_LabelSmoothing_SpreadsThatShareOverTheClasses(string method) => Gen.Select(AnyBatch.Any, AnyParameters, Gen.Long[0, 1000]).Sample(
        (any, parameters, seed) =>
        {
            using var scope = NewDisposeScope();
            var batch = any.Make();

            var sharp = MixupMethods.ByName(method).Mix(batch, parameters with { Probability = 0.5 }, new Generator((ulong)seed));
            var smooth = MixupMethods.ByName(method).Mix(batch, parameters with { Probability = 0.5, LabelSmoothing = 0.3 }, new Generator((ulong)seed));

            smooth.Images.ShouldEqual(sharp.Images, "images");
            smooth.Labels.ShouldBeClose((sharp.Labels * 0.7) + (0.3 / any.Classes), 1e-6, 0, "labels");
        },
        iter: 10, threads: 1);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Mix_OneThreadOrMany_GivesTheSameBatch(string method)
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(30, 3, 32, 32, 10, "random", "random", 3).Make();
        MixedBatch Mix() => MixupMethods.ByName(method).Mix(batch, new(), new Generator(4));
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            var one = Mix();
            set_num_threads(4);
            var many = Mix();

            many.Images.ShouldEqual(one.Images, "images");
            many.Labels.ShouldEqual(one.Labels, "labels");
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static (Tensor Low, Tensor High) Range(string method, MixupBatch batch, Tensor partner, MixedBatch mixed)
    {
        if (mixed.Labelling is not null)
        {
            return (batch.Images.amin([0], keepdim: true), batch.Images.amax([0], keepdim: true));
        }

        return Moving.Contains(method)
            ? (minimum(batch.Images, partner).amin([2, 3], keepdim: true), maximum(batch.Images, partner).amax([2, 3], keepdim: true))
            : (minimum(batch.Images, partner), maximum(batch.Images, partner));
    }

    private static void ForAny(string method, Action<MixupBatch, MixedBatch> check) => Gen.Select(AnyBatch.Any, AnyParameters, Gen.Long[0, 1000]).Sample(
        (any, parameters, seed) =>
        {
            using var scope = NewDisposeScope();
            var batch = any.Make();
            check(batch, MixupMethods.ByName(method).Mix(batch, parameters, new Generator((ulong)seed)));
        },
        iter: Samples, threads: 1);
}
