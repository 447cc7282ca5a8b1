using MixPolicy.Ppo.Optimisation;

namespace MixPolicy.Ppo.Learning;

/// <summary>
/// How PPO learns. The defaults are those of Stable-Baselines3's PPO and MlpPolicy, 2,048 steps a rollout (<see cref="Training.TrainingOptions"/>) included.
/// <para>
/// As there: advantages normalised by a minibatch's mean and unbiased deviation, not for one sample; the last, smaller minibatch of a pass is used;
/// the KL test before each step at 1.5 × target; the value clipped around the old one without the pessimistic maximum; mean squared error without ½;
/// all gradients clipped together; Adam's ε 1e-5; orthogonal weights, biases 0; log σ of a Gaussian from 0, independent of the observation; a
/// truncated episode bootstrapped with γ V of its last observation, a terminated one with 0; rewards divided by the deviation of the discounted return.
/// </para>
/// <para>
/// Otherwise than there:
/// 1. Observation statistics change only at the end of an update, from the observations acted on, not at every step (see <see cref="PpoLearner"/>).
/// 2. Bounded numbers have a Beta distribution, not a Gaussian clipped to the bounds; a hybrid action masks heads that take no part. Both are ours.
/// 3. A minibatch of one sample is allowed with normalised advantages; one whose gradient is not finite is skipped, not stepped.
/// 4. A rollout may be of any segments of any lengths, and training may stop in the middle of one: the rest is not learned from. There the
///    last rollout is always filled. The part of training that is left never goes below 0.
/// 5. Reward normalisation uses the learner's γ, not one of its own, and is an option of the trainer.
/// 6. Advantages and running moments are summed in float64; random numbers come from streams of our own, so that runs agree in distribution only.
/// 7. <see cref="Diagnostics.ApproximateKl"/> is the mean over all passes, there over the last; the entropy is not negated.
/// 8. Observations are flat vectors: no one-hot coding of discrete ones, no image network. No gSDE, no MultiBinary actions.
/// </para>
/// </summary>
public sealed record PpoOptions
{
    /// <summary>Adam's step size.</summary>
    public Schedule LearningRate { get; init; } = Schedule.Constant(3e-4);

    /// <summary>ε: how far the probability ratio may move from 1 before its gradient stops.</summary>
    public Schedule ClipRange { get; init; } = Schedule.Constant(0.2);

    /// <summary>How far a value may move in one update, in units of reward; null (default): freely.</summary>
    public Schedule? ValueClipRange { get; init; }

    /// <summary>γ, 0 to 1.</summary>
    public double Gamma { get; init; } = 0.99;

    /// <summary>λ of the advantage estimate, 0 to 1.</summary>
    public double GaeLambda { get; init; } = 0.95;

    /// <summary>Passes over each rollout, ≥ 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples a gradient step, ≥ 1; a rollout with fewer is one minibatch, and the last of a pass may be smaller.</summary>
    public int MinibatchSize { get; init; } = 64;

    /// <summary>Weight of the entropy bonus, ≥ 0.</summary>
    public double EntropyCoefficient { get; init; }

    /// <summary>Weight of the value loss, ≥ 0.</summary>
    public double ValueCoefficient { get; init; } = 0.5;

    /// <summary>The gradient of all parameters together is scaled down to this length, > 0.</summary>
    public double MaxGradientNorm { get; init; } = 0.5;

    /// <summary>Advantages of a minibatch get mean 0 and standard deviation 1, when it has more than one.</summary>
    public bool NormalizeAdvantages { get; init; } = true;

    /// <summary>The update stops before a step whose approximate KL divergence from the old policy is above 1.5 × this, > 0; null (default): never.</summary>
    public double? TargetKl { get; init; }

    /// <summary>Width of each hidden layer of the policy and of the value network, each ≥ 1.</summary>
    public IReadOnlyList<int> HiddenLayers { get; init; } = [64, 64];

    /// <summary>Observations get running mean 0 and variance 1, clipped to ±10.</summary>
    public bool NormalizeObservations { get; init; }

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">One is wrong; the message has its name, the value and what is allowed.</exception>
    public void Validate()
    {
        Require(LearningRate is { Initial: > 0, Power: >= 0 } && double.IsFinite(LearningRate.Initial), nameof(LearningRate), LearningRate, "initial > 0, power >= 0");
        Require(ClipRange is { Initial: > 0, Power: >= 0 }, nameof(ClipRange), ClipRange, "initial > 0, power >= 0");
        Require(ValueClipRange is null or { Initial: > 0, Power: >= 0 }, nameof(ValueClipRange), ValueClipRange, "initial > 0, power >= 0, or null");
        Require(Gamma is >= 0 and <= 1, nameof(Gamma), Gamma, "0 to 1");
        Require(GaeLambda is >= 0 and <= 1, nameof(GaeLambda), GaeLambda, "0 to 1");
        Require(Epochs >= 1, nameof(Epochs), Epochs, "1 or more");
        Require(MinibatchSize >= 1, nameof(MinibatchSize), MinibatchSize, "1 or more");
        Require(EntropyCoefficient >= 0 && double.IsFinite(EntropyCoefficient), nameof(EntropyCoefficient), EntropyCoefficient, "0 or more");
        Require(ValueCoefficient >= 0 && double.IsFinite(ValueCoefficient), nameof(ValueCoefficient), ValueCoefficient, "0 or more");
        Require(MaxGradientNorm > 0, nameof(MaxGradientNorm), MaxGradientNorm, "above 0");
        Require(TargetKl is null or > 0, nameof(TargetKl), TargetKl, "above 0, or null");
        Require(HiddenLayers.All(width => width >= 1), nameof(HiddenLayers), string.Join(",", HiddenLayers), "widths of 1 or more");
    }

    private static void Require(bool isRight, string field, object? value, string allowed)
    {
        if (!isRight)
        {
            throw new ArgumentException(FormattableString.Invariant($"{field} is {value ?? "null"}; allowed is {allowed}"), field);
        }
    }
}
