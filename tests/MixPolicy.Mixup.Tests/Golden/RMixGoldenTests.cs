using System.Text.Json;
using MixPolicy.Mixup.Methods;
using MixPolicy.Testing;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests.Golden;

public sealed class RMixGoldenTests
{
    private static readonly string[] Known = ["mix_", "r_mix_"];

    public static TheoryData<string> MixCases => new(GoldenFolder.Cases("rmix", Known, "mix_"));

    public static TheoryData<string> WholeCases => new(GoldenFolder.Cases("rmix", Known, "r_mix_"));

    [Theory]
    [MemberData(nameof(MixCases))]
    public void Mix_RecordedDraws_GivesTheRecordedBatch(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        var classes = golden.Meta.GetProperty("num_class").GetInt64();
        var labels = nn.functional.one_hot(Input(golden, "labels"), classes).to(float32);
        var batch = new MixupBatch(Input(golden, "inputs"), labels);
        var lambda = golden.Inputs.GetProperty("w").GetProperty("data")[0].GetDouble();

        var mask = SaliencyMask.Above(Input(golden, "saliency"), Input(golden, "top_k_patch").data<float>().ToArray());

        mask.to(int32).ShouldEqual(Output(golden, "mask_patch"), "mask");
        foreach (var output in golden.Outputs.EnumerateObject().Where(o => o.Name is not ("quantiles" or "mask_patch")))
        {
            var mixed = RMix.Mix(batch, Input(golden, "perm"), mask, lambda, Rule(output.Name));

            mixed.Images.ShouldBeClose(GoldenCase.Tensor(output.Value.GetProperty("mixed_inputs")), 1e-6, 0, $"{output.Name} images");
            mixed.Labels.ShouldBeClose(GoldenCase.Tensor(output.Value.GetProperty("mixed_labels")), 1e-6, 0, $"{output.Name} labels");
        }
    }

    [Theory]
    [MemberData(nameof(WholeCases))]
    public void Mix_FromImagesThroughSaliency_GivesTheRecordedBatch(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        var (classes, patches) = (golden.Meta.GetProperty("num_class").GetInt64(), golden.Meta.GetProperty("num_patches").GetInt32());
        var images = Input(golden, "inputs");
        var labels = nn.functional.one_hot(Input(golden, "labels"), classes).to(float32);
        using var network = new TinyNetwork(golden.Inputs.GetProperty("weights"));

        var saliency = Saliency.Compute(network, images, labels);
        var pooled = Saliency.Pool(saliency.Map, patches);
        var mask = SaliencyMask.Above(pooled, Input(golden, "top_k_patch").data<float>().ToArray());
        var lambda = golden.Inputs.GetProperty("lam").GetProperty("data")[0].GetDouble();
        var mixed = RMix.Mix(new(images, labels, saliency.Map), Input(golden, "perm"), mask, lambda, RMixRule.ChooseTop);

        saliency.Logits.ShouldBeClose(Output(golden, "logits"), 1e-6, 1e-4, "logits");
        saliency.Loss.ShouldBeClose(Output(golden, "loss_mean"), 1e-6, 1e-4, "loss");
        saliency.Map.ShouldBeClose(Output(golden, "saliency_full"), 1e-6, 1e-4, "full saliency");
        pooled.ShouldBeClose(Output(golden, "saliency"), 1e-6, 1e-4, "pooled saliency");
        mixed.Images.ShouldBeClose(Output(golden, "mixed_inputs"), 1e-5, 0, "images");
        mixed.Labels.ShouldBeClose(Output(golden, "mixed_labels"), 1e-5, 0, "labels");
    }

    private static RMixRule Rule(string function) => function switch
    {
        "mix_topleast_choose_top" => RMixRule.ChooseTop,
        "mix_topleast_choose_least" => RMixRule.ChooseLeastAsPublished,
        "cut_top_and_paste" => RMixRule.CutTopPaste,
        "cut_topleast_and_paste" => RMixRule.CutTopLeastPaste,
        _ => throw new JsonException($"no R-Mix rule is known as {function}"),
    };

    private static Tensor Input(GoldenCase golden, string name) => GoldenCase.Tensor(golden.Inputs.GetProperty(name));

    private static Tensor Output(GoldenCase golden, string name) => GoldenCase.Tensor(golden.Outputs.GetProperty(name));
}
