using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

public sealed class ThresholdDrawsTests
{
    [Theory]
    [InlineData("rmix")]
    [InlineData("rmix-choose-least")]
    [InlineData("cut-top-paste")]
    [InlineData("cut-top-least-paste")]
    public void Mix_ByDrawsMadeBefore_IsMixByTheGenerator(string name)
    {
        using var scope = NewDisposeScope();
        var method = (IThresholdMethod)MixupMethods.ByName(name);
        var batch = Batch();

        var whole = method.Mix(batch, method.Published, new Generator(5));
        var split = method.Mix(batch, ThresholdDraws.Draw(batch.Size, batch.Height, batch.Width, method.Published, new Generator(5)));

        split.Images.ShouldEqual(whole.Images, "images");
        split.Labels.ShouldEqual(whole.Labels, "labels");
        split.Lambda.ShouldBe(whole.Lambda);
    }

    [Fact]
    public void Mix_ByOtherPercentiles_MasksByThem()
    {
        using var scope = NewDisposeScope();
        var method = (IThresholdMethod)MixupMethods.RMix;
        var batch = Batch();
        var draws = ThresholdDraws.Draw(batch.Size, batch.Height, batch.Width, method.Published, new Generator(5));

        var mixed = method.Mix(batch, draws with { Percentiles = [0, 0.99f, 0, 0.99f, 0, 0.99f] });

        var salient = mixed.Mask!.to(float32).mean([1, 2]).data<float>().ToArray();
        salient.Where((_, b) => b % 2 == 0).ShouldAllBe(share => share == 1);
        salient.Where((_, b) => b % 2 == 1).ShouldAllBe(share => share <= 0.25);
    }

    [Theory]
    [InlineData("Lambda")]
    [InlineData("PatchSize")]
    [InlineData("Percentiles")]
    [InlineData("Partners")]
    public void Mix_ByDrawsThatDoNotFit_NamesTheField(string field)
    {
        using var scope = NewDisposeScope();
        var method = (IThresholdMethod)MixupMethods.RMix;
        var batch = Batch();
        var good = ThresholdDraws.Draw(batch.Size, batch.Height, batch.Width, method.Published, new Generator(5));
        var bad = field switch
        {
            "Lambda" => good with { Lambda = double.NaN },
            "PatchSize" => good with { PatchSize = 0 },
            "Percentiles" => good with { Percentiles = [0.5f] },
            _ => good with { Partners = [0, 0, 1, 2, 3, 4] },
        };
        Should.Throw<ArgumentException>(() => method.Mix(batch, bad)).Message.ShouldStartWith(field);
    }

    private static MixupBatch Batch()
    {
        var draws = new Generator(2);
        return new(randn([6, 3, 16, 16], generator: draws), eye(6), rand([6, 16, 16], generator: draws));
    }
}
