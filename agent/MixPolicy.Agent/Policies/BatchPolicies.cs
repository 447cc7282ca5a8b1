using MixPolicy.Ppo.Batches;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.V1;

namespace MixPolicy.Agent.Policies;

/// <summary>The policies that decide batch by batch, by the name they have in the spec. Specs are valid, defaults filled in.</summary>
public static class BatchPolicies
{
    // RL-Mix (Luu et al. 2022): the learning rate is 3e-4 x (1 - progress)^0.9.
    private const double PublishedDecay = 0.9;

    /// <summary>Whether the thresholds of an agent's runs are decided batch by batch.</summary>
    public static bool Has(AgentSpec spec) => spec.PolicyCase is AgentSpec.PolicyOneofCase.RlMix or AgentSpec.PolicyOneofCase.RlMixSet;

    public static IBatchPolicy Create(AgentSpec spec) => spec.PolicyCase switch
    {
        AgentSpec.PolicyOneofCase.RlMix => new Ppo.Batches.RlMixPolicy(
            new()
            {
                Images = spec.RlMix.Images,
                Classes = spec.RlMix.Classes,
                Patches = spec.RlMix.Patches,
                Bins = spec.RlMix.Bins,
                Rollout = spec.RlMix.Ppo.Rollout,
                UpdateLag = spec.RlMix.UpdateLag,
                Frozen = spec.Frozen,
                Ppo = Options(spec.RlMix.Ppo, PublishedDecay),
            },
            spec.Seed),
        AgentSpec.PolicyOneofCase.RlMixSet => new Ppo.Batches.RlMixSetPolicy(
            new()
            {
                Patches = spec.RlMixSet.Patches,
                Bins = spec.RlMixSet.Bins,
                Rollout = spec.RlMixSet.Ppo.Rollout,
                UpdateLag = spec.RlMixSet.UpdateLag,
                Frozen = spec.Frozen,
                Methods = [.. Methods(spec).Select(method => method.ToString())],
                Ppo = Options(spec.RlMixSet.Ppo, decay: 0),
            },
            spec.Seed),
        _ => throw new InvalidOperationException($"{spec.PolicyCase} is not a batch policy."),
    };

    /// <summary>How many saliency percentiles there are to choose from.</summary>
    public static int Bins(AgentSpec spec) => spec.RlMix?.Bins ?? spec.RlMixSet.Bins;

    /// <summary>The methods that are chosen from, in the order of <see cref="BatchDraw.Method"/>; empty where the method is R-Mix.</summary>
    public static IReadOnlyList<Method> Methods(AgentSpec spec) => spec.RlMixSet is { ChooseMethod: true } ? spec.ActionSpace.Methods : [];

    /// <summary>What every epoch of such an agent is told to do.</summary>
    public static Choice EpochChoice(AgentSpec spec) => new()
    {
        Method = Method.RMix,
        LambdaAlpha = spec.RlMix?.LambdaAlpha ?? spec.RlMixSet.LambdaAlpha,
        ThresholdPerBatch = new(),
    };

    private static PpoOptions Options(PpoPolicy settings, double decay) => new()
    {
        LearningRate = new Schedule(settings.LearningRate, decay),
        ClipRange = Schedule.Constant(settings.Clip),
        Gamma = settings.Gamma,
        GaeLambda = settings.GaeLambda,
        Epochs = settings.Epochs,
        MinibatchSize = settings.Minibatch,
        EntropyCoefficient = settings.Entropy,
        ValueCoefficient = settings.ValueCoefficient,
    };
}
