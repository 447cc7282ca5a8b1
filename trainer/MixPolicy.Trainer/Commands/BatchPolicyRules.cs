using System.Globalization;
using MixPolicy.Client.Transfer;
using MixPolicy.Mixup;
using MixPolicy.Trainer.Policy;
using MixPolicy.Trainer.Policy.Batches;

namespace MixPolicy.Trainer.Commands;

/// <summary>What the options of the batch policies, and of policies learned elsewhere, must hold together.</summary>
internal static class BatchPolicyRules
{
    private const int MostImagesPublished = 1024;
    private const int MostImages = 4096;

    private static readonly string[] ThresholdMethods = [.. MixupMethods.All.OfType<IThresholdMethod>().Select(method => method.Name)];

    /// <exception cref="UsageException">They do not.</exception>
    internal static void Check(TrainSettings settings)
    {
        CheckTransfer(settings);
        if (!BatchPolicyNames.Has(settings.Policy))
        {
            var only = $"only with --policy {BatchPolicyNames.RlMix} or {BatchPolicyNames.RlMixSet}, and the policy is {settings.Policy}";
            Demand(settings.BatchMode is null, "--batch-mode", settings.BatchMode, only);
            Demand(settings.BatchReward is null, "--batch-reward", settings.BatchReward, only);
            Demand(settings.BatchPacking is null, "--batch-packing", settings.BatchPacking, only);
            return;
        }

        Demand(
            settings.BatchMode != BatchPolicyNames.Local || settings.Policy == BatchPolicyNames.RlMixSet,
            "--batch-mode", settings.BatchMode, $"{BatchPolicyNames.Synchronous} or {BatchPolicyNames.Pipelined} with --policy {settings.Policy}; {BatchPolicyNames.Local} with --policy {BatchPolicyNames.RlMixSet}");

        Demand(settings.Reward == RewardNames.HeldOut, "--reward", settings.Reward, $"nothing, with --policy {settings.Policy}: it learns from --batch-reward");
        Demand(
            settings.BatchReward == BatchPolicyNames.Saliency || settings.HoldoutFraction > 0,
            "--holdout-fraction", "0", $"above 0 with --batch-reward {settings.BatchReward}: its clean probe is of held-out images");
        var most = settings.Policy == BatchPolicyNames.RlMix ? MostImagesPublished : MostImages;
        Demand(settings.BatchSize <= most, "--batch-size", settings.BatchSize.ToString(CultureInfo.InvariantCulture), $"at most {most} with --policy {settings.Policy}");
        CheckMethods(settings);
    }

    /// <summary>What is known only with the data.</summary>
    /// <param name="images">Images that are trained on.</param>
    /// <exception cref="UsageException">RL-Mix as published would never be asked.</exception>
    internal static void CheckImages(TrainSettings settings, int images) => Demand(
        settings.Policy != BatchPolicyNames.RlMix || images >= settings.BatchSize,
        "--batch-size", settings.BatchSize.ToString(CultureInfo.InvariantCulture), $"at most {images} with --policy rlmix, which decides whole batches only: that is how many training images there are");

    private static void CheckMethods(TrainSettings settings)
    {
        var given = string.Join(',', settings.Methods);
        if (settings.Policy == BatchPolicyNames.RlMix)
        {
            Demand(settings.Methods.Count == 0, "--methods", given, "nothing, with --policy rlmix: it mixes by R-Mix");
            return;
        }

        Demand(
            settings.Methods.Count != 1 && settings.Methods.All(method => ThresholdMethods.Contains(MixupMethods.ByName(method).Name)),
            "--methods", given, $"nothing, or two or more out of {string.Join(", ", ThresholdMethods)}, with --policy {settings.Policy}: those that have a saliency percentile");
    }

    private static void CheckTransfer(TrainSettings settings)
    {
        var learns = settings.Policy == "ppo" || BatchPolicyNames.Has(settings.Policy);
        var only = $"only with --policy ppo, {BatchPolicyNames.RlMix} or {BatchPolicyNames.RlMixSet}, whose policies can be taken along, and the policy is {settings.Policy}";
        Demand(learns || settings.PolicyFrom is null, "--policy-from", settings.PolicyFrom, only);
        Demand(learns || !settings.FreezePolicy, "--freeze-policy", null, only);
        Demand(!settings.FreezePolicy || settings.PolicyFrom is not null, "--freeze-policy", null, "only with --policy-from: a new policy has learned nothing");
        if (settings.PolicyFrom is not { } from)
        {
            return;
        }

        if (new PolicySource(from).IsAgent)
        {
            Demand(settings.Agent != TrainSettings.Embedded, "--policy-from", from, "a file, with the embedded agent service: a new one has no other agents; or --agent URL");
            return;
        }

        PolicyFromRules.CheckFile(settings, from);
    }

    private static void Demand(bool holds, string option, string? value, string allowed)
    {
        if (!holds)
        {
            throw new UsageException(option, value, allowed);
        }
    }
}
