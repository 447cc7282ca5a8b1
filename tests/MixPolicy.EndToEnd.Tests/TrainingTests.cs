using System.Text.RegularExpressions;

namespace MixPolicy.EndToEnd.Tests;

/// <summary>The single command: trainer and agent in one process.</summary>
public sealed partial class TrainingTests(Reference reference) : IClassFixture<Reference>
{
    private static readonly string[] Fields =
    [
        "epoch", "decision_id", "policy_version", "method", "lambda_alpha", "threshold", "train_loss", "train_top1_weighted", "holdout_loss", "holdout_top1",
        "test_loss", "test_top1", "test_top5", "ece", "reward", "learning_rate", "seconds_train", "seconds_saliency", "seconds_mix", "seconds_decide",
    ];

    [Fact]
    public void Train_WritesEveryRecord()
    {
        var lines = RunFiles.Metrics(reference.Folder);
        lines.Select(line => (int)line["epoch"]!).ShouldBe(Enumerable.Range(0, Reference.Epochs));
        lines.ShouldAllBe(line => Fields.All(line.ContainsKey));
        lines.ShouldAllBe(line => line["decision_id"]!.ToString() == $"agents/{AgentOf(line["decision_id"]!.ToString())}/runs/shapes-s3/decisions/{line["epoch"]}");
        lines.ShouldAllBe(line => line["reward"] != null);

        var summary = RunFiles.Summary(reference.Folder);
        ((int)summary["decisions"]!).ShouldBe(Reference.Epochs);
        var best = lines[(int)summary["best_epoch"]!];
        ((double)best["holdout_top1"]!).ShouldBe(lines.Max(line => (double)line["holdout_top1"]!));
        ((double)summary["test_top1"]!).ShouldBe((double)best["test_top1"]!);
        summary["options"]!["seed"]!.ToString().ShouldBe("3");

        Directory.GetFiles(Path.Combine(reference.Folder, "tb"), "events.out.tfevents.*").ShouldNotBeEmpty();
        Directory.GetDirectories(Path.Combine(reference.Folder, "checkpoints")).Select(Path.GetFileName).Order()
            .ShouldBe(["best", "step-000000000004", "step-000000000005"]);
        reference.Output.ShouldContain(Path.Combine(reference.Folder, "report.html"));
    }

    [Fact]
    public void Train_WritesAReportWithoutReferencesToElsewhere()
    {
        var report = File.ReadAllText(Path.Combine(reference.Folder, "report.html"));
        report.ShouldContain("<svg");
        report.ShouldContain("data:image/png;base64,");
        Elsewhere().IsMatch(report).ShouldBeFalse();
    }

    [Fact]
    public async Task Train_TwoSideBySide_BothAreTheReference()
    {
        using var one = TrainerProcess.Train(reference["one"], Reference.Epochs);
        using var other = TrainerProcess.Train(reference["other"], Reference.Epochs);
        (await one.EndAsync()).ShouldBe(0, one.Error);
        (await other.EndAsync()).ShouldBe(0, other.Error);
        reference.ShouldEqual(reference["one"]);
        reference.ShouldEqual(reference["other"]);
    }

    [Fact]
    public async Task Resume_AfterSigkillInTheMiddle_IsTheReference()
    {
        var folder = reference["killed"];
        using (var trainer = TrainerProcess.Train(folder, Reference.Epochs))
        {
            await trainer.UntilEpochsAsync(folder, 2);
            using var second = TrainerProcess.Resume(folder);
            (await second.EndAsync()).ShouldBe(1);
            second.Error.ShouldContain("Another training is at work");
            await trainer.KillAsync();
        }

        using var resumed = TrainerProcess.Resume(folder);
        (await resumed.EndAsync()).ShouldBe(0, resumed.Error);
        reference.ShouldEqual(folder);
    }

    [Fact]
    public async Task Resume_OfAFinishedRun_SaysSo()
    {
        using var trainer = TrainerProcess.Resume(reference.Folder);
        (await trainer.EndAsync()).ShouldBe(0, trainer.Error);
        trainer.Output.ShouldContain("is finished");
    }

    [Theory]
    [InlineData("--seed", "4", "error: --seed is '4'; allowed: 3")]
    [InlineData("--dataset", "cifar10", "error: --dataset is 'cifar10'; allowed: shapes")]
    public async Task Resume_WithAnotherSetting_IsRefused(string option, string value, string message)
    {
        using var trainer = TrainerProcess.Resume(reference.Folder, option, value);
        (await trainer.EndAsync()).ShouldBe(2);
        trainer.Error.ShouldStartWith(message);
        trainer.Error.Trim().ShouldNotContain('\n');
    }

    private static string AgentOf(string decision) => decision.Split('/')[1];

    [GeneratedRegex("""(src|href)="(?!data:)|url\(|@import""")]
    private static partial Regex Elsewhere();
}
