using MixPolicy.Trainer.Policy;
using MixPolicy.Trainer.Policy.Batches;

namespace MixPolicy.Trainer.Commands;

/// <summary>Everything that shapes a training. Stored in <c>run.json</c> of the output folder, so that a resume needs nothing else.</summary>
public sealed record TrainSettings
{
    /// <summary>shapes, cifar10 or cifar100.</summary>
    public string Dataset { get; init; } = RecipeDefaults.Shapes;

    /// <summary>Folder of the binary files; null for shapes.</summary>
    public string? Data { get; init; }

    /// <summary>Images to take from the training set and from the test set; null means all.</summary>
    public int? TrainLimit { get; init; }

    public int? TestLimit { get; init; }

    public required string Model { get; init; }

    public required int Epochs { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>Share of the training set that is held out, in [0, 0.5].</summary>
    public double HoldoutFraction { get; init; } = 0.1;

    /// <summary>Highest learning rate of the schedule.</summary>
    public required double MaxLearningRate { get; init; }

    /// <summary>onecycle or multistep.</summary>
    public string LearningRateSchedule { get; init; } = "onecycle";

    /// <summary>ppo, random, fixed, schedule or bandit; rlmix or rlmix-set, which decide batch by batch.</summary>
    public string Policy { get; init; } = "ppo";

    /// <summary>A name of <see cref="RewardNames"/>.</summary>
    public string Reward { get; init; } = RewardNames.HeldOut;

    /// <summary>Names of the mixup library; empty means the agent's default action space.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Of the policy schedule: method by first epoch.</summary>
    public IReadOnlyList<ScheduleEntry> Schedule { get; init; } = [];

    /// <summary>So many of the last epochs are not mixed, whatever is decided; in [0, <see cref="Epochs"/>].</summary>
    public int MixupOffEpochs { get; init; }

    /// <summary>The published recipe that fixed some of the settings, a name of <see cref="Presets"/>; null for none.</summary>
    public string? Preset { get; init; }

    /// <summary>A mode of <see cref="BatchPolicyNames"/>; null for policies that decide epochs.</summary>
    public string? BatchMode { get; init; }

    /// <summary>A reward of <see cref="BatchPolicyNames"/>; null for policies that decide epochs.</summary>
    public string? BatchReward { get; init; }

    /// <summary>A packing of <see cref="BatchPolicyNames"/>; null for policies that decide epochs.</summary>
    public string? BatchPacking { get; init; }

    /// <summary>What the policy starts from: agents/{agent} of the same service, or a file; null for a new one.</summary>
    public string? PolicyFrom { get; init; }

    /// <summary>The policy does not learn.</summary>
    public bool FreezePolicy { get; init; }

    /// <summary>embedded, or the address of a service.</summary>
    public string Agent { get; init; } = Embedded;

    /// <summary>How long an agent that cannot be reached is waited for, in seconds.</summary>
    public int AgentPatience { get; init; } = 60;

    public long Seed { get; init; }

    /// <summary>auto, cpu or cuda.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Threads of one tensor operation. Part of what makes a run repeatable to the bit.</summary>
    public required int Threads { get; init; }

    public const string Embedded = "embedded";
}

/// <param name="FromEpoch">First epoch it holds for, from 0.</param>
/// <param name="Method">A name of the mixup library.</param>
public sealed record ScheduleEntry(int FromEpoch, string Method);
