using System.Text.Json.Nodes;
using MixPolicy.Testing;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Tests.Records;

public sealed class MetricsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static EpochMetrics Epoch => new()
    {
        Epoch = 0,
        Method = "vanilla",
        TrainLoss = 1,
        TrainTop1Weighted = 0.5,
        TestTop1 = 0.5,
        TestTop5 = 0.9,
        LearningRate = 0.1,
        SecondsTrain = 1,
        SecondsSaliency = 0,
        SecondsMix = 0,
        SecondsDecide = 0,
    };

    [Fact]
    public void Write_HasTheFieldsOfTheContractInOrder() => Line(Epoch).Select(field => field.Key).ShouldBe(
    [
        "epoch", "decision_id", "policy_version", "method", "lambda_alpha", "threshold", "train_loss", "train_top1_weighted", "holdout_loss", "holdout_top1",
        "test_loss", "test_top1", "test_top5", "ece", "reward", "learning_rate", "seconds_train", "seconds_saliency", "seconds_mix", "seconds_decide",
    ]);

    [Fact]
    public void Write_WithAFixedLambdaOrAFallback_SaysSo()
    {
        ((double)Line(Epoch with { Lambda = 0.25 })["lambda"]!).ShouldBe(0.25);
        ((bool)Line(Epoch with { Fallback = true })["fallback"]!).ShouldBeTrue();
    }

    [Fact]
    public void Write_Again_Replaces()
    {
        MetricsFile.Write(_folder["m"], [Epoch, Epoch with { Epoch = 1 }]);
        MetricsFile.Write(_folder["m"], [Epoch with { Reward = 0.5 }]);
        File.ReadAllLines(_folder["m"]).ShouldHaveSingleItem().ShouldContain("\"reward\":0.5");
        Directory.GetFiles(_folder.Path).ShouldHaveSingleItem();
    }

    public void Dispose() => _folder.Dispose();

    private JsonObject Line(EpochMetrics epoch)
    {
        MetricsFile.Write(_folder["m"], [epoch]);
        return JsonNode.Parse(File.ReadAllText(_folder["m"]))!.AsObject();
    }
}
