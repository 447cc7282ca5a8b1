using MixPolicy.Agent.Policies;
using MixPolicy.V1;

namespace MixPolicy.Agent.Learning.Validation;

/// <summary>The defaults of an agent's spec, in one place.</summary>
public static class AgentSpecDefaults
{
    /// <summary>A copy of <paramref name="spec"/> with every unset field filled in. What is set stays, even where it is not allowed.</summary>
    public static AgentSpec Fill(AgentSpec spec)
    {
        spec = spec.Clone();
        spec.ActionSpace ??= new();
        FillSpace(spec.ActionSpace, spec.RlMixSet is { ChooseMethod: true } ? MethodTable.WithThreshold : MethodTable.Default);
        if (spec.Reward == Reward.Unspecified)
        {
            spec.Reward = Reward.HeldOutImprovement;
        }

        switch (spec.PolicyCase)
        {
            case AgentSpec.PolicyOneofCase.None:
                spec.Ppo = new();
                FillPpo(spec.Ppo);
                break;
            case AgentSpec.PolicyOneofCase.Ppo:
                FillPpo(spec.Ppo);
                break;
            case AgentSpec.PolicyOneofCase.Fixed:
                spec.Fixed.Choice = ChoiceRules.WithDefaults(spec.Fixed.Choice);
                break;
            case AgentSpec.PolicyOneofCase.Schedule:
                foreach (var entry in spec.Schedule.Entries)
                {
                    entry.Choice = ChoiceRules.WithDefaults(entry.Choice);
                }

                break;
            case AgentSpec.PolicyOneofCase.Bandit:
                FillBandit(spec.Bandit);
                break;
            case AgentSpec.PolicyOneofCase.RlMix:
                BatchPolicyDefaults.Fill(spec.RlMix);
                break;
            case AgentSpec.PolicyOneofCase.RlMixSet:
                BatchPolicyDefaults.Fill(spec.RlMixSet);
                break;
        }

        return spec;
    }

    private static void FillSpace(ActionSpace space, IEnumerable<Method> methods)
    {
        if (space.Methods.Count == 0)
        {
            space.Methods.AddRange(methods);
        }

        space.Lambda ??= new();
        space.Threshold ??= new();
        if (space.Lambda.Kind == LambdaSpace.Types.Kind.Unspecified)
        {
            space.Lambda.Kind = LambdaSpace.Types.Kind.Alpha;
        }

        var moves = space.Lambda.Kind;
        space.Lambda.Min = space.Lambda.HasMin ? space.Lambda.Min : moves == LambdaSpace.Types.Kind.Value ? 0 : 0.1;
        space.Lambda.Max = space.Lambda.HasMax ? space.Lambda.Max : moves == LambdaSpace.Types.Kind.Value ? 1 : 4;
        space.Threshold.Min = space.Threshold.HasMin ? space.Threshold.Min : 0;
        space.Threshold.Max = space.Threshold.HasMax ? space.Threshold.Max : ChoiceRules.LargestPercentile;
        space.Threshold.Spread = space.Threshold.HasSpread ? space.Threshold.Spread : 0.2;
    }

    private static void FillPpo(PpoPolicy ppo)
    {
        ppo.Rollout = ppo.HasRollout ? ppo.Rollout : 8;
        ppo.Gamma = ppo.HasGamma ? ppo.Gamma : 0.9;
        ppo.GaeLambda = ppo.HasGaeLambda ? ppo.GaeLambda : 0.9;
        ppo.LearningRate = ppo.HasLearningRate ? ppo.LearningRate : 3e-4;
        ppo.Epochs = ppo.HasEpochs ? ppo.Epochs : 10;
        ppo.Minibatch = ppo.HasMinibatch ? ppo.Minibatch : ppo.Rollout;
        ppo.Clip = ppo.HasClip ? ppo.Clip : 0.2;
        ppo.Entropy = ppo.HasEntropy ? ppo.Entropy : 0.01;
        ppo.ValueCoefficient = ppo.HasValueCoefficient ? ppo.ValueCoefficient : 0.5;
    }

    private static void FillBandit(BanditPolicy bandit)
    {
        bandit.LambdaBins = bandit.HasLambdaBins ? bandit.LambdaBins : 3;
        bandit.ThresholdBins = bandit.HasThresholdBins ? bandit.ThresholdBins : 3;
        bandit.Discount = bandit.HasDiscount ? bandit.Discount : 0.98;
    }
}
