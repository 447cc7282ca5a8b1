using Google.Protobuf;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Learning.Validation;
using MixPolicy.V1;
using BatchPolicy = MixPolicy.Ppo.Batches.BatchPolicy;

namespace MixPolicy.Agent.Batches;

/// <summary>What can be said about a message of SteerBatches without knowing its agent.</summary>
internal static class BatchRules
{
    // As many as can be open at once.
    private const int MostRewards = BatchPolicy.MostOpen;
    private const int MostPatches = 32;

    // What the sum of a bfloat16 saliency map may lose.
    private const float SumTolerance = 0.02f;

    /// <param name="run">That of the message, or of the stream where the message leaves it out.</param>
    /// <exception cref="RefusalException">INVALID_ARGUMENT.</exception>
    public static BatchQuestion Valid(SteerBatchesRequest request, string run, string leaseToken)
    {
        var violations = new Violations("");
        violations.Range("progress", request.Progress, 0, 1);
        if (request.Observation is not null)
        {
            violations.Range("batch", request.Batch, 0, long.MaxValue - 1);
        }
        else if (request.Taken is not null)
        {
            violations.Add("observation", "unset", "set, where taken is: it is what the decision was drawn for");
        }

        var view = request.Observation is { } observation ? View(observation, violations) : null;
        if (request.Rewards.Count > MostRewards)
        {
            violations.Add("rewards", $"{request.Rewards.Count} entries long", $"at most {MostRewards} entries");
        }

        var rewards = request.Rewards.Take(MostRewards).Select((reward, i) => Earning(reward, $"rewards[{i}]", violations)).ToArray();
        Refusal.ThrowIfAny(violations.List);
        return new(run, leaseToken, request.Batch, view, rewards, request.Taken?.ToByteArray(), request.Progress);
    }

    private static BatchView? View(BatchObservation seen, Violations violations)
    {
        const string Path = "observation.";
        violations.Range($"{Path}images", seen.Images, 1, BatchPolicy.MostImages);
        violations.Range($"{Path}classes", seen.Classes, 2, BatchPolicy.MostClasses);
        violations.Range($"{Path}patches", seen.Patches, 1, MostPatches);
        if (seen.Packing is not (Packing.Unspecified or Packing.Float32 or Packing.Bfloat16))
        {
            violations.Add($"{Path}packing", Violation.Text((int)seen.Packing), "PACKING_FLOAT32, PACKING_BFLOAT16");
        }

        if (violations.List.Count > 0)
        {
            // Nothing has a size that could be asked for.
            return null;
        }

        var patches = seen.Patches * seen.Patches;
        var saliency = Numbers($"{Path}saliency", seen.Saliency, seen.Packing, (long)seen.Images * patches, "images x patches x patches", 0, BatchPolicy.LargestShare, violations);
        var logits = Numbers($"{Path}logits", seen.Logits, seen.Packing, (long)seen.Images * seen.Classes, "images x classes", -BatchPolicy.LargestLogit, BatchPolicy.LargestLogit, violations);
        var losses = seen.Losses.IsEmpty ? null : Numbers($"{Path}losses", seen.Losses, seen.Packing, seen.Images, "images", 0, BatchPolicy.LargestLoss, violations);
        if (seen.HasLambda)
        {
            violations.Range($"{Path}lambda", seen.Lambda, 0, 1);
        }

        CheckPartners(seen, violations);
        CheckSums(saliency, patches, violations);
        return new(
            seen.Images, seen.Classes, seen.Patches, saliency, logits, losses, seen.Partners.Count == 0 ? null : [.. seen.Partners],
            seen.HasLambda ? (float)seen.Lambda : null);
    }

    private static BatchEarning Earning(BatchReward reward, string path, Violations violations)
    {
        violations.Range($"{path}.batch", reward.Batch, 0, long.MaxValue - 1);
        var count = Math.Clamp(reward.Rewards.Length / sizeof(float), 1, BatchPolicy.MostImages);
        var rewards = Numbers($"{path}.rewards", reward.Rewards, Packing.Float32, count, "1, or images,", -BatchPolicy.LargestReward, BatchPolicy.LargestReward, violations);
        return new(reward.Batch, rewards, reward.Last);
    }

    private static float[] Numbers(string field, ByteString packed, Packing packing, long count, string meaning, float min, float max, Violations violations)
    {
        var size = PackedNumbers.Size(packing);
        if (packed.Length != count * size)
        {
            violations.Add(field, $"{packed.Length} bytes long", $"{count * size} bytes: {meaning} numbers of {size} bytes");
            return [];
        }

        var numbers = PackedNumbers.Unpack(packed.Span, packing);
        if (PackedNumbers.FirstOutside(numbers, min, max) is >= 0 and var i)
        {
            violations.Add($"{field}[{i}]", Violation.Text(numbers[i]), $"a finite number in [{Violation.Text(min)}, {Violation.Text(max)}]");
        }

        return numbers;
    }

    private static void CheckSums(float[] saliency, int patches, Violations violations)
    {
        for (var i = 0; i < saliency.Length; i += patches)
        {
            var sum = 0f;
            foreach (var share in saliency.AsSpan(i, patches))
            {
                sum += share;
            }

            if (!(Math.Abs(sum - 1) <= SumTolerance))
            {
                violations.Add($"observation.saliency (image {i / patches})", $"{Violation.Text(sum)} in sum", "a sum of 1 for each image");
                return;
            }
        }
    }

    private static void CheckPartners(BatchObservation seen, Violations violations)
    {
        if (seen.Partners.Count == 0)
        {
            return;
        }

        if (seen.Partners.Count != seen.Images)
        {
            violations.Add("observation.partners", $"{seen.Partners.Count} entries long", $"{seen.Images} entries: one an image");
            return;
        }

        var met = new bool[seen.Images];
        for (var i = 0; i < seen.Images; i++)
        {
            var partner = seen.Partners[i];
            if (partner < 0 || partner >= seen.Images || met[partner])
            {
                violations.Add($"observation.partners[{i}]", Violation.Text(partner), $"each of 0 to {seen.Images - 1} once: a permutation");
                return;
            }

            met[partner] = true;
        }
    }
}
