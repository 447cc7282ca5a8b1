using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

public sealed class MixupMethodsTests
{
    [Theory]
    [InlineData("vanilla", "vanilla")]
    [InlineData("None", "vanilla")]
    [InlineData("mixup", "input-mixup")]
    [InlineData("INPUT", "input-mixup")]
    [InlineData("input_mixup", "input-mixup")]
    [InlineData("Cut-Mix", "cutmix")]
    [InlineData("R-Mix", "rmix")]
    [InlineData("rmix_choose_least", "rmix-choose-least")]
    [InlineData("CutTopPaste", "cut-top-paste")]
    [InlineData("cut-top-least-paste", "cut-top-least-paste")]
    [InlineData("Manifold Mixup", "manifold-mixup")]
    [InlineData("manifold", "manifold-mixup")]
    [InlineData("Saliency-Mix", "saliencymix")]
    [InlineData("ResizeMix", "resizemix")]
    [InlineData("FMix", "fmix")]
    [InlineData("grid_mix", "gridmix")]
    [InlineData("SmoothMix", "smoothmix")]
    [InlineData("Attentive CutMix", "attentivemix")]
    [InlineData("guided-mixup", "guidedmixup")]
    public void ByName_NameOrAlias_FindsTheMethod(string asked, string name) => MixupMethods.ByName(asked).Name.ShouldBe(name);

    [Theory]
    [InlineData("")]
    [InlineData("puzzle")]
    public void ByName_Unknown_ListsTheMethods(string asked)
    {
        var message = Should.Throw<ArgumentException>(() => MixupMethods.ByName(asked)).Message;

        MixupMethods.All.ShouldAllBe(m => message.Contains(m.Name));
    }

    /// <summary>The table of heads that agents mask by: most methods λ, R-Mix both, its cutting ablations the threshold.</summary>
    [Fact]
    public void All_Heads_AreThoseOfTheTable()
    {
        MixupMethods.All.Where(m => m.UsesLambda).Select(m => m.Name).ShouldBe(
        [
            "input-mixup", "cutmix", "rmix", "rmix-choose-least", "puzzlemix", "manifold-mixup", "saliencymix", "resizemix", "fmix", "gridmix", "smoothmix",
        ]);
        MixupMethods.All.Where(m => m.UsesThreshold).Select(m => m.Name).ShouldBe(["rmix", "rmix-choose-least", "cut-top-paste", "cut-top-least-paste"]);
        MixupMethods.All.Where(m => m.NeedsSaliency).Select(m => m.Name).ShouldBe(
        [
            "rmix", "rmix-choose-least", "cut-top-paste", "cut-top-least-paste", "puzzlemix", "co-mixup", "saliencymix", "guidedmixup",
        ]);
        MixupMethods.All.Where(m => m.NeedsFeatures).Select(m => m.Name).ShouldBe(["attentivemix"]);
    }

    [Fact]
    public void Mix_BatchThatDoesNotFit_NamesTheFieldTheValueAndWhatIsAllowed()
    {
        using var scope = NewDisposeScope();
        var good = new AnyBatch(2, 3, 8, 8, 4, "random", "random", 1).Make();

        Refused(good with { Images = zeros(2, 8, 8) }).ShouldContain("Images is Float32 [2, 8, 8] on cpu; allowed: a floating-point tensor B×C×H×W");
        Refused(good with { Images = zeros(0, 3, 8, 8) }).ShouldContain("no empty dimension");
        Refused(good with { Labels = zeros(2, int64) }).ShouldContain("soft labels 2×K");
        Refused(good with { Labels = zeros(3, 4) }).ShouldContain("Labels is Float32 [3, 4]");
        Refused(good with { Saliency = null }).ShouldContain("Saliency is missing");
        Refused(good with { Saliency = zeros(2, 4, 4) }).ShouldContain("2×8×8");
    }

    private static string Refused(MixupBatch batch) => Should.Throw<ArgumentException>(() => MixupMethods.RMix.Mix(batch, new(), new Generator(1))).Message;
}
