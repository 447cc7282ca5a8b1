using MixPolicy.V1;

namespace MixPolicy.Agent.Learning.Validation;

/// <summary>The defaults of the batch policies.</summary>
internal static class BatchPolicyDefaults
{
    /// <summary>As published (Luu et al. 2022), with Stable-Baselines3's learning rate: the published one was never declared.</summary>
    public static void Fill(RlMixPolicy policy)
    {
        policy.Images = policy.HasImages ? policy.Images : 100;
        policy.Classes = policy.HasClasses ? policy.Classes : 100;
        policy.Patches = policy.HasPatches ? policy.Patches : 8;
        policy.Bins = policy.HasBins ? policy.Bins : 10;
        policy.LambdaAlpha = policy.HasLambdaAlpha ? policy.LambdaAlpha : 1;
        policy.UpdateLag = policy.HasUpdateLag ? policy.UpdateLag : 100;
        policy.Ppo ??= new();
        Fill(policy.Ppo, rollout: 1000, minibatch: 250, epochs: 10, gamma: 0.99, learningRate: 3e-4, entropy: 0);
    }

    public static void Fill(RlMixSetPolicy policy)
    {
        policy.Patches = policy.HasPatches ? policy.Patches : 8;
        policy.Bins = policy.HasBins ? policy.Bins : 10;
        policy.LambdaAlpha = policy.HasLambdaAlpha ? policy.LambdaAlpha : 1;
        policy.UpdateLag = policy.HasUpdateLag ? policy.UpdateLag : 4;
        policy.Ppo ??= new();
        Fill(policy.Ppo, rollout: 64, minibatch: 16, epochs: 4, gamma: 0, learningRate: 1e-3, entropy: 0.01);
    }

    private static void Fill(PpoPolicy ppo, int rollout, int minibatch, int epochs, double gamma, double learningRate, double entropy)
    {
        ppo.Rollout = ppo.HasRollout ? ppo.Rollout : rollout;
        // A shorter rollout is one minibatch.
        ppo.Minibatch = ppo.HasMinibatch ? ppo.Minibatch : Math.Min(minibatch, ppo.Rollout);
        ppo.Epochs = ppo.HasEpochs ? ppo.Epochs : epochs;
        ppo.Gamma = ppo.HasGamma ? ppo.Gamma : gamma;
        ppo.GaeLambda = ppo.HasGaeLambda ? ppo.GaeLambda : 0.95;
        ppo.LearningRate = ppo.HasLearningRate ? ppo.LearningRate : learningRate;
        ppo.Clip = ppo.HasClip ? ppo.Clip : 0.2;
        ppo.Entropy = ppo.HasEntropy ? ppo.Entropy : entropy;
        ppo.ValueCoefficient = ppo.HasValueCoefficient ? ppo.ValueCoefficient : 0.5;
    }
}
