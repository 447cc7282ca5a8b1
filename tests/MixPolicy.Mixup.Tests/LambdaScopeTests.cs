using MixPolicy.Mixup.Draws;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

public sealed class LambdaScopeTests
{
    public static TheoryData<string> Scoped =>
        new("input-mixup", "manifold-mixup", "cutmix", "saliencymix", "resizemix", "fmix", "gridmix", "smoothmix");

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(1)]
    public void Draw_Pairs_AreAnInvolutionThatSharesItsLambda(int size)
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(size, 1, 4, 4, 2, "random", "random", 1).Make();

        var pairing = Pairing.Draw(new RandomStream(3), batch, new() { Scope = LambdaScope.Pair });

        var order = pairing.Order;
        var lambdas = pairing.PerImage(pairing.Lambdas);
        Enumerable.Range(0, size).ShouldAllBe(b => order[order[b]] == b);
        Enumerable.Range(0, size).Count(b => order[b] == b).ShouldBe(size % 2);
        lambdas.Length.ShouldBe(size);
        lambdas.Distinct().Count().ShouldBe((size + 1) / 2);
        Enumerable.Range(0, size).ShouldAllBe(b => lambdas[order[b]] == lambdas[b]);
    }

    [Fact]
    public void Draw_Batch_TakesLambdaThenPartners()
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(5, 1, 4, 4, 2, "random", "random", 1).Make();
        var same = new RandomStream(3);
        var lambda = same.Beta(1);

        var pairing = Pairing.Draw(new RandomStream(3), batch, new());

        pairing.Lambdas.ShouldBe([lambda]);
        pairing.Order.ShouldBe(same.Permutation(5));
    }

    [Theory]
    [MemberData(nameof(Scoped))]
    public void Mix_Element_GivesEveryImageItsOwnShare(string method)
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(30, 3, 16, 16, 30, "random", "random", 1).Make();

        var mixed = MixupMethods.ByName(method).Mix(batch, new() { Scope = LambdaScope.Element }, new Generator(2));

        var shares = mixed.ImageLambda!.data<float>().ToArray();
        shares.Length.ShouldBe(30);
        shares.Distinct().Count().ShouldBeGreaterThan(8);
        mixed.Lambda.ShouldBe(shares.Average(s => (double)s), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Scoped))]
    public void Mix_Pair_MixesBothOfAPairAlike(string method)
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(8, 3, 16, 16, 8, "random", "random", 1).Make();

        var mixed = MixupMethods.ByName(method).Mix(batch, new() { Scope = LambdaScope.Pair }, new Generator(2));

        mixed.Partner!.index_select(0, mixed.Partner!).ShouldEqual(arange(8), "partner's partner");
        if (method != "saliencymix")
        {
            mixed.ImageLambda!.index_select(0, mixed.Partner!).ShouldEqual(mixed.ImageLambda!, "share");
        }
    }

    [Theory]
    [InlineData("cutmix")]
    [InlineData("saliencymix")]
    [InlineData("resizemix")]
    [InlineData("gridmix")]
    public void Mix_UncorrectedLambda_LabelsByTheDrawnOne(string method)
    {
        using var scope = NewDisposeScope();
        var batch = new AnyBatch(6, 3, 13, 11, 4, "random", "random", 1).Make();
        MixedBatch Mix(bool correct) =>
            MixupMethods.ByName(method).Mix(batch, new() { Lambda = LambdaDraw.Fixed(0.7), CorrectLambda = correct }, new Generator(2));

        var (drawn, corrected) = (Mix(false), Mix(true));

        drawn.Images.ShouldEqual(corrected.Images, "images");
        drawn.Lambda.ShouldBe(0.7, 1e-9);
        drawn.Labels.ShouldBeClose((batch.Labels * 0.7) + (batch.Labels.index_select(0, drawn.Partner!) * 0.3), 1e-6, 0, "labels");
        corrected.Lambda.ShouldNotBe(0.7);
    }
}
