using System.Text.Json.Serialization;
using MixPolicy.Ppo.Learning;
using MixPolicy.Torch.Checkpoints;

namespace MixPolicy.Ppo.Batches;

/// <summary>
/// A policy at the scale of RL-Mix (Luu et al. 2022): one decision a batch, a bin an image. A deterministic state machine: the same calls give the
/// same answers on one machine, also where updates run beside it, because an update is adopted at a fixed count of decisions after its rollout was full.
/// Many episodes (the epochs of several runs) are interleaved. One caller at a time.
/// </summary>
public interface IBatchPolicy : ITransferablePolicy, IDisposable
{
    /// <summary>Updates adopted so far.</summary>
    long Version { get; }

    /// <summary>Decides for a batch; waits for an update that is due to be adopted here.</summary>
    /// <param name="run">The run, an episode's key.</param>
    /// <param name="batch">Its batch, from 0, growing.</param>
    /// <param name="seed">All chance of the decision comes from it.</param>
    /// <exception cref="ArgumentException">The observation or the batch does not fit; the message names field, value and what is allowed. Nothing has changed.</exception>
    BatchDraw Decide(string run, long batch, BatchObservation observation, ulong seed);

    /// <summary>Takes over a decision that was drawn elsewhere, from <see cref="Save"/>d weights, as if it had been drawn here.</summary>
    /// <inheritdoc cref="Decide" path="/exception"/>
    void Take(string run, long batch, BatchObservation observation, BatchDraw taken);

    /// <summary>Takes the reward of a decided batch. Rewards of a run come in the order of its batches and may lag behind its decisions.</summary>
    /// <param name="rewards">One number, or one an image where the policy allows it.</param>
    /// <param name="last">The episode ends with this batch.</param>
    /// <param name="progress">Fraction of the training that is done, in [0, 1], for the schedule of the learning rate.</param>
    /// <exception cref="ArgumentException">It is not the next batch of the run to be rewarded, or a number is out of range. Nothing has changed.</exception>
    void Reward(string run, long batch, float[] rewards, bool last, double progress);

    /// <summary>The updates that were adopted since the last call, in order: each is told once.</summary>
    IReadOnlyList<BatchUpdate> TakeUpdates();

    /// <summary>Forgets what is open of a run: it ended, or went on under a fallback.</summary>
    void Drop(string run);

    /// <summary>Saves everything that later decisions depend on, the unfinished rollout included; waits for an update under way.</summary>
    void Save(CheckpointWriter writer);

    /// <summary>Takes over what <see cref="Save"/> wrote, into a policy of the same options. To go on from it is bit-equal to never having stopped.</summary>
    /// <exception cref="CheckpointException">It is of another policy, or damaged. Nothing has changed.</exception>
    void Load(CheckpointReader reader);
}

/// <summary>What a policy sees of one batch of B images.</summary>
/// <param name="Images">B.</param>
/// <param name="Classes">K.</param>
/// <param name="Patches">P.</param>
/// <param name="Saliency">B × P × P, ≥ 0, each image's sum 1.</param>
/// <param name="Logits">B × K.</param>
/// <param name="Losses">B cross-entropies in nats; null where the policy does not look at them.</param>
/// <param name="Partners">Permutation of the batch; null likewise.</param>
/// <param name="Lambda">The mixing ratio that will be used, in [0, 1]; null likewise.</param>
public sealed record BatchObservation(
    int Images, int Classes, int Patches, float[] Saliency, float[] Logits, float[]? Losses = null, int[]? Partners = null, float? Lambda = null);

/// <summary>What a policy drew for a batch.</summary>
/// <param name="Bins">B bins, from 0.</param>
/// <param name="Method">Index of the method among those the policy chooses from; null where it chooses none.</param>
/// <param name="Version">Updates before it.</param>
/// <param name="LogProbability">Of all bins and the method together.</param>
/// <param name="Value">The critic's estimate; 0 without a critic.</param>
public sealed record BatchDraw(byte[] Bins, int? Method, long Version, float LogProbability, float Value);

/// <summary>An update that was adopted.</summary>
/// <param name="Version">The version from it on.</param>
/// <param name="Diagnostics">By the names in <see cref="Learning.Diagnostics"/>.</param>
public sealed record BatchUpdate(long Version, IReadOnlyDictionary<string, double> Diagnostics)
{
    /// <summary>Time it took to compute. No part of the policy's state; zero where that was restored.</summary>
    [JsonIgnore]
    public TimeSpan Took { get; init; }
}
