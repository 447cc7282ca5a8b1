using MixPolicy.Ppo.Batches;
using MixPolicy.V1;

namespace MixPolicy.Agent.Learning.Validation;

/// <summary>The defaults of the batch policies: those of <see cref="RlMixOptions"/> and <see cref="RlMixSetOptions"/>, which say where they come from.</summary>
internal static class BatchPolicyDefaults
{
    private const double LambdaAlpha = 1;

    public static void Fill(V1.RlMixPolicy policy)
    {
        var options = new RlMixOptions();
        policy.Images = policy.HasImages ? policy.Images : options.Images;
        policy.Classes = policy.HasClasses ? policy.Classes : options.Classes;
        policy.Patches = policy.HasPatches ? policy.Patches : options.Patches;
        policy.Bins = policy.HasBins ? policy.Bins : options.Bins;
        policy.LambdaAlpha = policy.HasLambdaAlpha ? policy.LambdaAlpha : LambdaAlpha;
        policy.Ppo ??= new();
        Fill(policy.Ppo, options);
        policy.UpdateLag = policy.HasUpdateLag ? policy.UpdateLag : LagWithin(policy.Ppo.Rollout, options);
    }

    public static void Fill(V1.RlMixSetPolicy policy)
    {
        var options = new RlMixSetOptions();
        policy.Patches = policy.HasPatches ? policy.Patches : options.Patches;
        policy.Bins = policy.HasBins ? policy.Bins : options.Bins;
        policy.LambdaAlpha = policy.HasLambdaAlpha ? policy.LambdaAlpha : LambdaAlpha;
        policy.Ppo ??= new();
        Fill(policy.Ppo, options);
        policy.UpdateLag = policy.HasUpdateLag ? policy.UpdateLag : LagWithin(policy.Ppo.Rollout, options);
    }

    // An update is adopted before the next one starts, however short the rollout.
    private static int LagWithin(int rollout, BatchPolicyOptions options) => Math.Clamp(rollout - 1, 0, options.UpdateLag);

    private static void Fill(PpoPolicy ppo, BatchPolicyOptions options)
    {
        ppo.Rollout = ppo.HasRollout ? ppo.Rollout : options.Rollout;
        // A rollout shorter than the default minibatch is one.
        ppo.Minibatch = ppo.HasMinibatch ? ppo.Minibatch : Math.Min(options.Ppo.MinibatchSize, ppo.Rollout);
        ppo.Epochs = ppo.HasEpochs ? ppo.Epochs : options.Ppo.Epochs;
        ppo.Gamma = ppo.HasGamma ? ppo.Gamma : options.Ppo.Gamma;
        ppo.GaeLambda = ppo.HasGaeLambda ? ppo.GaeLambda : options.Ppo.GaeLambda;
        ppo.LearningRate = ppo.HasLearningRate ? ppo.LearningRate : options.Ppo.LearningRate.Initial;
        ppo.Clip = ppo.HasClip ? ppo.Clip : options.Ppo.ClipRange.Initial;
        ppo.Entropy = ppo.HasEntropy ? ppo.Entropy : options.Ppo.EntropyCoefficient;
        ppo.ValueCoefficient = ppo.HasValueCoefficient ? ppo.ValueCoefficient : options.Ppo.ValueCoefficient;
    }
}
