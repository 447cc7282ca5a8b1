using System.Globalization;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Display;

/// <summary>An epoch in one line.</summary>
internal static class EpochLine
{
    internal static string Of(EpochMetrics epoch, int epochs, string choice, TimeSpan left) => string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {epoch.Epoch} ({epoch.Epoch + 1}/{epochs})  {choice}{epoch.Deviation}  train loss {epoch.TrainLoss:0.000}{Holdout(epoch)}  test {epoch.TestTop1:0.0%}{Batches(epoch)}  {epoch.SecondsTrain:0.0} s{(epoch.Epoch + 1 < epochs ? $"  {Duration(left)} left" : "")}");

    internal static string Duration(TimeSpan time) => time switch
    {
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):0} s"),
    };

    private static string Batches(EpochMetrics epoch) => epoch.BatchesDecided is not { } decided
        ? ""
        : string.Create(
            CultureInfo.InvariantCulture,
            $"  reward {epoch.Reward:0.000}, t {epoch.Threshold:0.00}, {decided} batches decided{(epoch.BatchesPublished > 0 ? $", {epoch.BatchesPublished} without the agent" : "")}, {epoch.WaitShare:0%} waiting");

    private static string Holdout(EpochMetrics epoch) => epoch.HoldoutLoss is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"  held-out {epoch.HoldoutLoss:0.000}, {epoch.HoldoutTop1:0.0%}");
}
