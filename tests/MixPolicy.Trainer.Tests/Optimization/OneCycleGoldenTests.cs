using System.Text.Json;
using MixPolicy.Testing;
using MixPolicy.Trainer.Optimization;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Optimization;

public sealed class OneCycleGoldenTests
{
    // The others are the mixup library's: its own tests run those cases.
    private static readonly string[] Known = ["cutmix_rand_bbox", "puzzle_cutmix_box", "input_mixup", "saliency_tiny", "grad_sim_reward", "onecycle_"];

    public static TheoryData<string> Cases => new(GoldenFolder.Cases("basic", Known, "onecycle_"));

    [Theory]
    [MemberData(nameof(Cases))]
    public void At_EveryStep_GivesTheRecordedLearningRateAndMomentum(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        var rates = Values(golden.Outputs.GetProperty("lr"));
        var momenta = Values(golden.Outputs.GetProperty("momentum"));
        var schedule = new OneCycle(
            Input("max_lr"), rates.Length, Input("div_factor"), Input("pct_start"), Input("final_div_factor"), Input("base_momentum"), Input("max_momentum"));

        for (var step = 0; step < rates.Length; step++)
        {
            schedule.At(step).LearningRate.ShouldBe(rates[step], 1e-9 * rates[step]);
            schedule.At(step).Momentum.ShouldBe(momenta[step], 1e-9);
        }

        double Input(string name) => golden.Inputs.GetProperty(name).GetDouble();
    }

    private static double[] Values(JsonElement tensor) => GoldenCase.Tensor(tensor).to(float64).data<double>().ToArray();
}
