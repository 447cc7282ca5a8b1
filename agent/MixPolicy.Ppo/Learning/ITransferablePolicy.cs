namespace MixPolicy.Ppo.Learning;

/// <summary>
/// A policy that can go on elsewhere: what it needs to act and to learn further, in one self-describing file (safetensors). The file has the network's
/// weights and the statistics of observations; not the rollout, not Adam's moments.
/// </summary>
public interface ITransferablePolicy
{
    /// <summary>Name and shapes. A file goes only into a policy of the same kind.</summary>
    string Kind { get; }

    /// <summary>The policy that acts now.</summary>
    byte[] Export();

    /// <summary>
    /// Takes over weights, statistics and the count of updates, and learns on from there with fresh moments of Adam. Forgets whatever was collected, decided
    /// and not yet rewarded, or being learned.
    /// </summary>
    /// <exception cref="PolicyFileException">The file is damaged or of another kind; the message says what differs. Nothing has changed.</exception>
    void Import(ReadOnlyMemory<byte> file);
}
