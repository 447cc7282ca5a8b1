using MixPolicy.Mixup.Methods;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

/// <summary>Two 2×2 images of one value each, 1 and 0, mixed with one another: a pixel of the first mix is the own image's share there.</summary>
public sealed class RMixTests
{
    private const double Lambda = 0.3;

    // Cells: both salient, only the own, only the partner's, neither.
    private static readonly bool[] Own = [true, true, false, false];
    private static readonly bool[] Partner = [true, false, true, false];

    [Theory]
    [InlineData(nameof(RMixRule.ChooseTop), new[] { 0.3f, 1, 0, 0.3f }, 0.4)]
    [InlineData(nameof(RMixRule.ChooseLeast), new[] { 0.3f, 0, 1, 0.3f }, 0.4)]
    [InlineData(nameof(RMixRule.CutTopPaste), new[] { 1f, 1, 0, 0 }, 0.5)]
    [InlineData(nameof(RMixRule.CutTopLeastPaste), new[] { 1f, 0, 0, 1 }, 0.5)]
    public void Mix_EveryPairOfMaskValues_FollowsTheRule(string rule, float[] pixels, double share)
    {
        using var scope = NewDisposeScope();

        var mixed = Mix(Own, Partner, Enum.Parse<RMixRule>(rule));

        mixed.Images[0].flatten().data<float>().ToArray().ShouldBe(pixels);
        mixed.Labels[0, 0].ToDouble().ShouldBe(share, 1e-6);
        mixed.Labels[0, 1].ToDouble().ShouldBe(1 - share, 1e-6);
        mixed.PartnerMask![0].flatten().data<bool>().ToArray().ShouldBe(Partner);
    }

    [Fact]
    public void Mix_ChooseLeast_LabelsFollowThePixelsAndThePublishedOnesDoNot()
    {
        using var scope = NewDisposeScope();
        bool[] ownMostly = [true, true, true, false];
        bool[] nothing = [false, false, false, false];

        var ours = Mix(ownMostly, nothing, RMixRule.ChooseLeast);
        var published = Mix(ownMostly, nothing, RMixRule.ChooseLeastAsPublished);

        // Three of four cells are the partner's, the fourth is blended.
        ours.Images.ShouldEqual(published.Images, "images");
        ours.Labels[0, 0].ToDouble().ShouldBe(Lambda / 4, 1e-6);
        published.Labels[0, 0].ToDouble().ShouldBe((3 + Lambda) / 4, 1e-6);
    }

    [Fact]
    public void Mix_FlatSaliency_BlendsEverything()
    {
        using var scope = NewDisposeScope();
        var batch = Batch() with { Saliency = zeros(2, 2, 2) };

        var mixed = MixupMethods.RMix.Mix(batch, new() { Lambda = LambdaDraw.Fixed(Lambda) }, new Generator(1));

        mixed.OwnWeight()!.ShouldEqual(full([2, 1, 2, 2], Lambda, float32), "weights");
    }

    [Fact]
    public void Mix_DefaultPatches_AreAQuarterAndAHalfOfTheShorterSide()
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(2, 3, 32, 64, 2, "random", "random", 1).Make();
        var generator = new Generator(1);

        var grids = Enumerable.Range(0, 50).Select(_ => MixupMethods.RMix.Mix(batch, new(), generator).Mask!.shape).Select(s => (s[1], s[2])).Distinct();

        grids.ShouldBe([(4, 8), (2, 4)], ignoreOrder: true);
    }

    private static MixedBatch Mix(bool[] own, bool[] partner, RMixRule rule) =>
        RMix.Mix(Batch(), tensor(new long[] { 1, 0 }), tensor([.. own, .. partner], [2, 2, 2]), Lambda, rule);

    private static MixupBatch Batch() => new(tensor(new float[] { 1, 0 }, [2, 1, 1, 1]).expand(2, 1, 2, 2).contiguous(), eye(2));
}
