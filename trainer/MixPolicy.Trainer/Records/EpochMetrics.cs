using System.Text.Json.Serialization;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Records;

/// <summary>One line of <c>metrics.jsonl</c>. Losses in nats, accuracies and ECE as fractions in [0, 1], times in seconds.</summary>
public sealed record EpochMetrics
{
    /// <summary>From 0; the interval of the agent.</summary>
    public required int Epoch { get; init; }

    /// <summary>Name of the decision; null where the epoch ran under the fallback.</summary>
    public string? DecisionId { get; init; }

    public long? PolicyVersion { get; init; }

    public required string Method { get; init; }

    /// <summary>α of Beta(α, α); null where the method has none or λ is fixed.</summary>
    public double? LambdaAlpha { get; init; }

    /// <summary>The fixed λ; the field is there only with one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Lambda { get; init; }

    /// <summary>Middle of the threshold's band or grid; null where the method has none. Of an epoch decided batch by batch, the mean over all its images.</summary>
    public double? Threshold { get; init; }

    /// <summary>The agent was away and the epoch ran under the fallback. The field is there only then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Fallback { get; init; }

    /// <summary>The epoch is one of <c>--mixup-off-epochs</c> and was not mixed, whatever the decision. The field is there only then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MixupOff { get; init; }

    /// <summary>Why the agent's decision is not what was done, in brackets, for people; empty where it is.</summary>
    internal string Deviation => MixupOff ? " (mixup off)" : Fallback ? " (fallback)" : "";

    public required double TrainLoss { get; init; }

    public required double TrainTop1Weighted { get; init; }

    public double? HoldoutLoss { get; init; }

    public double? HoldoutTop1 { get; init; }

    /// <summary>Null, as the held-out loss, where it is not a finite number.</summary>
    public double? TestLoss { get; init; }

    public required double TestTop1 { get; init; }

    public required double TestTop5 { get; init; }

    /// <summary>Expected calibration error on the test set; null where the network's outputs are not finite numbers.</summary>
    public double? Ece { get; init; }

    /// <summary>Null until the agent has given it, which it does with the next decision. Of an epoch decided batch by batch, the mean over its decided batches.</summary>
    public double? Reward { get; init; }

    /// <summary>At the end of the epoch.</summary>
    public required double LearningRate { get; init; }

    public required double SecondsTrain { get; init; }

    public required double SecondsSaliency { get; init; }

    public required double SecondsMix { get; init; }

    public required double SecondsDecide { get; init; }

    /// <summary>Of an epoch decided batch by batch: batches mixed as decided. The field, as the others of that kind, is there only then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BatchesDecided { get; init; }

    /// <summary>Batches for which the agent could not be reached: mixed by the published draw.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BatchesPublished { get; init; }

    /// <summary>Batches that the policy does not take, as a smaller last one: mixed by the published draw.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BatchesUnasked { get; init; }

    /// <summary>Part of the training's time that was spent waiting for batch decisions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? SecondsWait { get; init; }

    /// <summary><see cref="SecondsWait"/> as a fraction of the epoch, in [0, 1].</summary>
    internal double? WaitShare => SecondsWait / SecondsTrain;

    internal static double? AlphaOf(Choice choice) => choice.HasLambdaAlpha ? choice.LambdaAlpha : null;

    internal static double? LambdaOf(Choice choice) => choice.HasLambdaValue ? choice.LambdaValue : null;

    internal static double? ThresholdOf(Choice choice) => choice.ThresholdCase switch
    {
        Choice.ThresholdOneofCase.ThresholdBand => choice.ThresholdBand.Center,
        // A grid covers [0, 0.99] evenly.
        Choice.ThresholdOneofCase.ThresholdGrid => 0.495,
        _ => null,
    };
}
