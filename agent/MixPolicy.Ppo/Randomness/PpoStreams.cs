using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Randomness;

/// <summary>
/// The random streams of PPO. Each purpose has a name that enters its seed, so that one seed may be given to every part of a training and
/// no two parts draw from the same stream.
/// </summary>
public static class PpoStreams
{
    /// <summary>Draws the weights before training.</summary>
    public static RandomStream InitialWeights(ulong seed) => new(SeedSequence.Derive(seed, "initial-weights"));

    /// <summary>Orders the samples of every pass over a rollout.</summary>
    public static RandomStream Minibatches(ulong seed) => new(SeedSequence.Derive(seed, "minibatches"));

    /// <summary>Draws the actions in training on environments.</summary>
    public static RandomStream Actions(ulong seed) => new(SeedSequence.Derive(seed, "actions"));

    /// <summary>The chance in one copy of an environment.</summary>
    /// <param name="copy">≥ 0.</param>
    public static RandomStream Environment(ulong seed, int copy) => new(SeedSequence.Derive(seed, "environment", copy));

    /// <summary>The chance in one episode of an evaluation.</summary>
    /// <param name="episode">≥ 0.</param>
    public static RandomStream Evaluation(ulong seed, int episode) => new(SeedSequence.Derive(seed, "evaluation", episode));
}
