using MixPolicy.Torch.Checkpoints;
using MixPolicy.V1;

namespace MixPolicy.Agent.Policies;

/// <summary>What a policy decided.</summary>
/// <param name="Choice">The choice.</param>
/// <param name="LogProbability">
/// Natural logarithm of the probability of the method times the densities of the alpha (or lambda) and the center chosen, active heads only.
/// </param>
/// <param name="Value">The critic's estimate of the discounted reward from here; 0 without a critic.</param>
/// <param name="Distribution">What the choice was drawn from.</param>
public sealed record Draw(Choice Choice, double LogProbability, double Value, Distribution Distribution);

/// <summary>
/// How decisions are made and learned from. A deterministic state machine: the same calls give the same answers. Many runs are interleaved; each
/// alternates <see cref="Decide"/> and either <see cref="Learn"/> or <see cref="Skip"/>. Owned by one caller at a time.
/// </summary>
public interface IPolicy : IDisposable
{
    /// <summary>Updates so far.</summary>
    long Version { get; }

    /// <summary>Decides for the next interval of a run.</summary>
    /// <param name="run">Name of the run.</param>
    /// <param name="interval">The interval, from 0.</param>
    /// <param name="observation">See <see cref="Learning.ObservationLayout"/>.</param>
    /// <param name="seed">All chance of the decision comes from it.</param>
    Draw Decide(string run, int interval, float[] observation, ulong seed);

    /// <summary>Takes the reward of the run's open decision.</summary>
    /// <param name="run">Name of the run.</param>
    /// <param name="reward">The reward, or null if the report did not allow one: only to a policy that does not learn.</param>
    /// <param name="next">The observation that the run's next decision will see.</param>
    /// <param name="last">The run ends here: nothing follows that could still be earned.</param>
    /// <returns>What the update did, if this reward led to one.</returns>
    PolicyUpdate? Learn(string run, double? reward, float[] next, bool last);

    /// <summary>Forgets the run's open decision, if there is one: it was not carried out.</summary>
    /// <param name="last">The run ends here.</param>
    void Skip(string run, bool last);

    /// <summary>Saves everything that later decisions depend on.</summary>
    void Save(CheckpointWriter writer);
}
