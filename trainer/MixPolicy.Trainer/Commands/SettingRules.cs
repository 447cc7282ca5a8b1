using System.Globalization;
using MixPolicy.Client;
using MixPolicy.Trainer.Policy;

namespace MixPolicy.Trainer.Commands;

/// <summary>What options must hold together.</summary>
internal static class SettingRules
{
    /// <exception cref="UsageException">They do not.</exception>
    internal static void Check(TrainSettings settings)
    {
        CheckData(settings.Dataset, settings.Data);
        CheckPolicy(settings);
        BatchPolicyRules.Check(settings);
        Presets.Check(settings);
        if (settings.MixupOffEpochs > settings.Epochs)
        {
            throw new UsageException("--mixup-off-epochs", string.Create(CultureInfo.InvariantCulture, $"{settings.MixupOffEpochs}"), $"at most --epochs, {settings.Epochs}");
        }
    }

    /// <exception cref="UsageException">The data set and its folder do not fit.</exception>
    internal static void CheckData(string dataset, string? data)
    {
        if (dataset == "shapes" && data is not null)
        {
            throw new UsageException("--data", data, "nothing, with --dataset shapes: that one is generated");
        }

        if (dataset != "shapes" && data is null)
        {
            throw new UsageException("--data", null, $"needed with --dataset {dataset}: the folder of its binary files");
        }

        if (data is not null && !Directory.Exists(data))
        {
            throw new UsageException("--data", data, "a folder that exists");
        }
    }

    private static void CheckPolicy(TrainSettings settings)
    {
        var given = string.Join(',', settings.Methods);
        if (settings.Policy == "schedule" && settings.Schedule.Count == 0)
        {
            throw new UsageException("--schedule", null, $"needed with --policy schedule: {MethodList.ScheduleForm}; methods: {string.Join(", ", MethodNames.All)}");
        }

        if (settings.Policy != "schedule" && settings.Schedule.Count > 0)
        {
            throw new UsageException("--schedule", string.Join(',', settings.Schedule.Select(e => $"{e.FromEpoch}:{e.Method}")), $"only with --policy schedule, and the policy is {settings.Policy}");
        }

        if (settings.Policy == "schedule" && settings.Methods.Count > 0)
        {
            throw new UsageException("--methods", given, "nothing, with --policy schedule: --schedule names the methods");
        }

        if (settings.Policy == "fixed" && settings.Methods.Count != 1)
        {
            throw new UsageException("--methods", given, "exactly one method with --policy fixed");
        }

        if (settings.Policy is "ppo" or "bandit" && settings.Reward == RewardNames.HeldOut && settings.HoldoutFraction == 0)
        {
            throw new UsageException("--holdout-fraction", "0", $"above 0 with --policy {settings.Policy} and --reward {RewardNames.HeldOut}: it learns from the held-out images");
        }
    }
}
