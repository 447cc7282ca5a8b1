using System.Text.Json;
using MixPolicy.Mixup.Methods;
using MixPolicy.Testing;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests.Golden;

public sealed class BasicGoldenTests
{
    // onecycle_ is the trainer's: its own tests run those cases.
    private static readonly string[] Known = ["cutmix_rand_bbox", "puzzle_cutmix_box", "input_mixup", "saliency_tiny", "grad_sim_reward", "onecycle_"];

    public static TheoryData<string> BoxCases => Cases("cutmix_rand_bbox");

    public static TheoryData<string> PuzzleBoxCases => Cases("puzzle_cutmix_box");

    public static TheoryData<string> InputMixupCases => Cases("input_mixup");

    public static TheoryData<string> SimilarityCases => Cases("grad_sim_reward");

    public static TheoryData<string> SaliencyCases => Cases("saliency_tiny");

    [Theory]
    [MemberData(nameof(BoxCases))]
    public void CutBox_AroundRecordedCentre_IsTheRecordedBox(string path)
    {
        foreach (var (input, output) in Pairs(path))
        {
            var size = input.GetProperty("size").GetInt32();

            var box = CutBox.Around(size, size, input.GetProperty("lam").GetDouble(), input.GetProperty("cx").GetInt32(), input.GetProperty("cy").GetInt32());

            int Corner(string name) => output.GetProperty(name).GetInt32();
            box.ShouldBe(new(Corner("bbx1"), Corner("bbx2"), Corner("bby1"), Corner("bby2")));
            box.Lambda(size, size).ShouldBe(output.GetProperty("lam_adjusted").GetDouble());
        }
    }

    [Theory]
    [MemberData(nameof(PuzzleBoxCases))]
    public void CutMix_BoxAroundRecordedPoint_GivesTheRecordedImages(string path)
    {
        foreach (var (input, output) in Pairs(path))
        {
            using var scope = NewDisposeScope();
            var images = GoldenCase.Tensor(input.GetProperty("images"));
            var (count, height, width) = (images.shape[0], (int)images.shape[2], (int)images.shape[3]);
            var labels = nn.functional.one_hot(arange(count), count).to(float32);
            double Draw(string name) => input.GetProperty(name).GetDouble();

            var box = CutBox.AroundPoint(height, width, Draw("alpha"), Draw("rx"), Draw("ry"));
            var mixed = CutMix.Mix(new(images, labels), GoldenCase.Tensor(input.GetProperty("indices")), box);

            mixed.Images.ShouldEqual(GoldenCase.Tensor(output.GetProperty("mixed_images")), "images");
            GoldenCase.Tensor(output.GetProperty("ratio")).data<float>().ToArray().ShouldAllBe(r => r == (float)mixed.Lambda);
        }
    }

    [Theory]
    [MemberData(nameof(InputMixupCases))]
    public void InputMixup_RecordedDraws_GivesTheRecordedImagesAndLoss(string path)
    {
        foreach (var (input, output) in Pairs(path))
        {
            using var scope = NewDisposeScope();
            var logits = GoldenCase.Tensor(input.GetProperty("logits"));
            var labels = GoldenCase.Tensor(input.GetProperty("labels"));
            var oneHot = nn.functional.one_hot(labels, logits.shape[1]).to(float32);
            var perm = GoldenCase.Tensor(input.GetProperty("perm"));

            var mixed = InputMixup.Mix(new(GoldenCase.Tensor(input.GetProperty("images")), oneHot), perm, input.GetProperty("lam").GetDouble());

            mixed.Images.ShouldBeClose(GoldenCase.Tensor(output.GetProperty("mixed_images")), 1e-6, 0, "images");
            labels.index_select(0, mixed.Partner!).ShouldEqual(GoldenCase.Tensor(output.GetProperty("labels_b")), "partner labels");
            nn.functional.cross_entropy(logits, mixed.Labels).ToDouble().ShouldBe(output.GetProperty("loss").GetDouble(), 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(SimilarityCases))]
    public void GradientSimilarity_RecordedMaps_IsTheRecordedReward(string path)
    {
        foreach (var (input, output) in Pairs(path))
        {
            using var scope = NewDisposeScope();

            var reward = Saliency.GradientSimilarity(GoldenCase.Tensor(input.GetProperty("a")), GoldenCase.Tensor(input.GetProperty("b")));

            reward.ShouldBe(output.GetProperty("reward").GetDouble(), 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(SaliencyCases))]
    public void Saliency_RecordedNetwork_GivesTheRecordedMaps(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        using var network = new TinyNetwork(golden.Inputs.GetProperty("weights"));
        var images = GoldenCase.Tensor(golden.Inputs.GetProperty("images"));
        var labels = nn.functional.one_hot(GoldenCase.Tensor(golden.Inputs.GetProperty("labels")), golden.Meta.GetProperty("num_class").GetInt64()).to(float32);

        var saliency = Saliency.Compute(network, images, labels, cleanLossWeight: 1);

        foreach (var output in golden.Outputs.EnumerateObject())
        {
            void Check(Tensor actual, JsonElement expected) => actual.ShouldBeClose(GoldenCase.Tensor(expected), 1e-6, 1e-4, output.Name);
            switch (output.Name)
            {
                case "logits":
                    Check(saliency.Logits, output.Value);
                    break;
                case "loss":
                    Check(saliency.Loss, output.Value);
                    break;
                case "loss_per_sample":
                    Check(nn.functional.cross_entropy(saliency.Logits, labels, reduction: nn.Reduction.None) * (2.0 / labels.shape[1]), output.Value);
                    break;
                case "input_grad":
                    saliency.Map.ShouldBeClose(GoldenCase.Tensor(output.Value).square().mean([1]).sqrt(), 1e-6, 1e-4, output.Name);
                    break;
                case "saliency":
                    Check(saliency.Map, output.Value);
                    break;
                case "weight_grads":
                    foreach (var (name, parameter) in network.named_parameters())
                    {
                        Check(parameter.grad!, output.Value.GetProperty(name));
                    }

                    break;
                case "bn_running":
                    // The published pass moved the running statistics to these; ours must leave them at their start, and moves them in a plain forward.
                    network.BatchNorm!.running_mean!.ShouldEqual(zeros(4, float64), "running mean");
                    network.BatchNorm.running_var!.ShouldEqual(ones(4, float64), "running variance");
                    network.forward(images);
                    Check(network.BatchNorm.running_mean!, output.Value.GetProperty("mean"));
                    Check(network.BatchNorm.running_var!, output.Value.GetProperty("var"));
                    break;
                case var name when name.StartsWith("pooled_", StringComparison.Ordinal):
                    Check(Saliency.AveragePool(saliency.Map, Patches(name), Patches(name)), output.Value);
                    break;
                case var name when name.StartsWith("normalised_", StringComparison.Ordinal):
                    Check(Saliency.Pool(saliency.Map, Patches(name)), output.Value);
                    break;
                default:
                    throw new JsonException($"no check is known for {output.Name}");
            }
        }
    }

    private static int Patches(string name) => int.Parse(name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    private static TheoryData<string> Cases(string prefix) => new(GoldenFolder.Cases("basic", Known, prefix));

    private static IEnumerable<(JsonElement Input, JsonElement Output)> Pairs(string path)
    {
        var golden = GoldenCase.Read(path);
        return golden.Inputs.EnumerateArray().Zip(golden.Outputs.EnumerateArray());
    }
}
