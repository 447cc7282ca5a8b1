using System.Globalization;
using MixPolicy.Trainer.Policy.Batches;

namespace MixPolicy.Trainer.Commands;

/// <summary>A run that goes on keeps what it was started with. Only where it runs may change.</summary>
internal static class ResumeRules
{
    private static readonly (string Option, Func<TrainSettings, string> Value)[] Kept =
    [
        ("--dataset", s => s.Dataset),
        ("--data", s => s.Data ?? ""),
        ("--seed", s => Text(s.Seed)),
        ("--model", s => s.Model),
        ("--epochs", s => Text(s.Epochs)),
        ("--batch-size", s => Text(s.BatchSize)),
        ("--train-limit", s => Text(s.TrainLimit)),
        ("--test-limit", s => Text(s.TestLimit)),
        ("--holdout-fraction", s => Text(s.HoldoutFraction)),
        ("--max-lr", s => Text(s.MaxLearningRate)),
        ("--lr-schedule", s => s.LearningRateSchedule),
        ("--policy", s => s.Policy),
        ("--reward", s => s.Reward),
        ("--methods", s => string.Join(',', s.Methods)),
        ("--schedule", s => string.Join(',', s.Schedule.Select(e => $"{e.FromEpoch}:{e.Method}"))),
        ("--mixup-off-epochs", s => Text(s.MixupOffEpochs)),
        ("--batch-mode", s => s.BatchMode ?? ""),
        ("--batch-reward", s => s.BatchReward ?? ""),
        ("--batch-packing", s => s.BatchPacking ?? BatchPolicyNames.DefaultPacking(s.Policy) ?? ""),
        ("--policy-from", s => s.PolicyFrom ?? ""),
        ("--freeze-policy", s => Text(s.FreezePolicy)),
        ("--preset", s => s.Preset ?? ""),
        // The log of the run's decisions is with its agent; a service may move to another address, though.
        ("--agent", s => s.Agent == TrainSettings.Embedded ? s.Agent : "the address of a service"),
    ];

    /// <exception cref="UsageException">An option given differs from the run's.</exception>
    internal static TrainSettings Check(TrainSettings stored, TrainSettings asked, string folder)
    {
        foreach (var (option, value) in Kept)
        {
            if (value(asked) != value(stored))
            {
                throw new UsageException(option, value(asked), $"{Shown(value(stored))}, with which the run in {folder} was started; leave the option out, or start a new run");
            }
        }

        return asked;
    }

    private static string Shown(string value) => value.Length == 0 ? "nothing" : value;

    private static string Text<T>(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
