using MixPolicy.Mixup;

namespace MixPolicy.EndToEnd.Tests;

/// <summary>Methods in whole trainings, and the preview.</summary>
public sealed class MethodTests(Reference reference)
{
    [Fact]
    public async Task Train_WithEveryMethodInTurn_Runs()
    {
        string[] methods = [.. MixupMethods.All.Select(method => method.Name)];
        var schedule = string.Join(',', methods.Select((method, epoch) => $"{epoch}:{method}"));

        using var trainer = TrainerProcess.Train(reference["every-method"], methods.Length, "--policy", "schedule", "--schedule", schedule);

        (await trainer.EndAsync()).ShouldBe(0, trainer.Error);
        RunFiles.Metrics(reference["every-method"]).Select(line => (string)line["method"]!).ShouldBe(methods);
    }

    [Fact]
    public async Task Train_WithAFixedMethod_TrainsByIt()
    {
        using var trainer = TrainerProcess.Train(reference["fixed"], 1, "--policy", "fixed", "--methods", "co-mixup");

        (await trainer.EndAsync()).ShouldBe(0, trainer.Error);
        ((string)RunFiles.Metrics(reference["fixed"]).Single()["method"]!).ShouldBe("co-mixup");
    }

    [Fact]
    public async Task Train_WithMixupOffAtTheEnd_DoesNotMixThereButIsDecidedFor()
    {
        using var trainer = TrainerProcess.Train(reference["off"], 3, "--policy", "fixed", "--methods", "cutmix", "--mixup-off-epochs", "1");

        (await trainer.EndAsync()).ShouldBe(0, trainer.Error);
        var lines = RunFiles.Metrics(reference["off"]);
        lines.Select(line => (string)line["method"]!).ShouldBe(["cutmix", "cutmix", "vanilla"]);
        lines.Select(line => (bool?)line["mixup_off"]).ShouldBe([null, null, true]);
        lines.ShouldAllBe(line => line["decision_id"] != null && line["fallback"] == null);
        ((int)RunFiles.Summary(reference["off"])["decisions"]!).ShouldBe(2);
        trainer.Output.ShouldContain("vanilla (mixup off)");
        trainer.Output.ShouldNotContain("(fallback)");
    }

    [Fact]
    public async Task Preview_OfEveryMethod_IsAPicture()
    {
        var file = Path.Combine(reference["sheets"], "all.png");

        using var trainer = TrainerProcess.Run("preview", "--dataset", "shapes", "--model", "preactresnet18-w4", "--out", file);

        (await trainer.EndAsync()).ShouldBe(0, trainer.Error);
        File.ReadAllBytes(file)[..4].ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G']);
        trainer.Output.ShouldContain($"{MixupMethods.All.Count} methods");
    }
}
