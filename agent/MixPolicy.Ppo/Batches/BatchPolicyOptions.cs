using MixPolicy.Ppo.Learning;

namespace MixPolicy.Ppo.Batches;

/// <summary>What both batch policies have.</summary>
public abstract record BatchPolicyOptions
{
    /// <summary>P: the saliency grid is P × P.</summary>
    public int Patches { get; init; } = 8;

    /// <summary>Saliency percentiles to choose from, 2 to 100: bin k is the percentile 0.99 k/(bins − 1).</summary>
    public int Bins { get; init; } = 10;

    /// <summary>Batches an update learns from, 2 to 4096.</summary>
    public int Rollout { get; init; }

    /// <summary>An update is adopted this many decisions after its rollout was full, 0 to 10,000; 0: the next decision waits for it.</summary>
    public int UpdateLag { get; init; }

    /// <summary>Threads of one tensor operation of an update, 1 to 256. Part of what makes results repeatable to the bit.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Decides and never learns; rewards are accepted and ignored.</summary>
    public bool Frozen { get; init; }

    /// <summary>How it learns; a sample is a batch. <see cref="PpoOptions.HiddenLayers"/> and <see cref="PpoOptions.NormalizeObservations"/> are not used.</summary>
    public PpoOptions Ppo { get; init; } = new();

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">One is wrong; the message has its name, the value and what is allowed.</exception>
    public virtual void Validate()
    {
        Ppo.Validate();
        Require(Patches, nameof(Patches), 2, 32);
        Require(Bins, nameof(Bins), 2, 100);
        Require(Rollout, nameof(Rollout), 2, 4096);
        Require(UpdateLag, nameof(UpdateLag), 0, 10_000);
        Require(Threads, nameof(Threads), 1, 256);
    }

    private protected static void Require(int value, string field, int min, int max)
    {
        if (value < min || value > max)
        {
            throw new ArgumentException($"{field} is {value}; allowed are {min} to {max}", field);
        }
    }
}
