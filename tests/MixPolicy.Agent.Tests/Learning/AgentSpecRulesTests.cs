using MixPolicy.Agent.Learning.Validation;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Learning;

public sealed class AgentSpecRulesTests
{
    public static TheoryData<string, AgentSpec> Wrong => new()
    {
        { "spec.action_space.methods[1]", new() { ActionSpace = new() { Methods = { Method.RMix, Method.RMix } } } },
        { "spec.action_space.methods[0]", new() { ActionSpace = new() { Methods = { Method.Unspecified } } } },
        { "spec.action_space.methods[0]", new() { ActionSpace = new() { Methods = { (Method)99 } } } },
        { "spec.action_space.lambda.kind", new() { ActionSpace = new() { Lambda = new() { Kind = (LambdaSpace.Types.Kind)9 } } } },
        { "spec.action_space.lambda.min", new() { ActionSpace = new() { Lambda = new() { Min = 0 } } } },
        { "spec.action_space.lambda.min", new() { ActionSpace = new() { Lambda = new() { Min = 5 } } } },
        { "spec.action_space.lambda.max", new() { ActionSpace = new() { Lambda = new() { Max = double.NaN } } } },
        { "spec.action_space.lambda.max", new() { ActionSpace = new() { Lambda = new() { Kind = LambdaSpace.Types.Kind.Value, Max = 1.5 } } } },
        { "spec.action_space.threshold.max", new() { ActionSpace = new() { Threshold = new() { Max = 1 } } } },
        { "spec.action_space.threshold.spread", new() { ActionSpace = new() { Threshold = new() { Spread = -0.1 } } } },
        { "spec.reward", new() { Reward = (Reward)9 } },
        { "spec.ppo.rollout", new() { Ppo = new() { Rollout = 1 } } },
        { "spec.ppo.gamma", new() { Ppo = new() { Gamma = 1.1 } } },
        { "spec.ppo.gae_lambda", new() { Ppo = new() { GaeLambda = -1 } } },
        { "spec.ppo.learning_rate", new() { Ppo = new() { LearningRate = 0 } } },
        { "spec.ppo.epochs", new() { Ppo = new() { Epochs = 101 } } },
        { "spec.ppo.minibatch", new() { Ppo = new() { Rollout = 8, Minibatch = 9 } } },
        { "spec.ppo.clip", new() { Ppo = new() { Clip = double.PositiveInfinity } } },
        { "spec.ppo.entropy", new() { Ppo = new() { Entropy = -0.01 } } },
        { "spec.ppo.value_coefficient", new() { Ppo = new() { ValueCoefficient = 11 } } },
        { "spec.bandit.lambda_bins", new() { Bandit = new() { LambdaBins = 0 } } },
        { "spec.bandit.threshold_bins", new() { Bandit = new() { ThresholdBins = 21 } } },
        { "spec.bandit.discount", new() { Bandit = new() { Discount = 0 } } },
        { "spec.rl_mix.images", new() { RlMix = new() { Images = 1025 } } },
        { "spec.rl_mix.images", new() { RlMix = new() { Images = 1000, Classes = 10_000 } } },
        { "spec.rl_mix.ppo.rollout", new() { RlMix = new() { Images = 1024, Classes = 5000 } } },
        { "spec.rl_mix.classes", new() { RlMix = new() { Classes = 1 } } },
        { "spec.rl_mix.patches", new() { RlMix = new() { Patches = 3 } } },
        { "spec.rl_mix.bins", new() { RlMix = new() { Bins = 101 } } },
        { "spec.rl_mix.lambda_alpha", new() { RlMix = new() { LambdaAlpha = 0 } } },
        { "spec.rl_mix.update_lag", new() { RlMix = new() { UpdateLag = -1 } } },
        { "spec.rl_mix.update_lag", new() { RlMix = new() { UpdateLag = 1000 } } },
        { "spec.rl_mix_set.update_lag", new() { RlMixSet = new() { UpdateLag = 5, Ppo = new() { Rollout = 5 } } } },
        { "spec.rl_mix.ppo.minibatch", new() { RlMix = new() { Ppo = new() { Rollout = 10, Minibatch = 11 } } } },
        { "spec.rl_mix_set.patches", new() { RlMixSet = new() { Patches = 33 } } },
        { "spec.rl_mix_set.bins", new() { RlMixSet = new() { Bins = 1 } } },
        { "spec.rl_mix_set.ppo.gamma", new() { RlMixSet = new() { Ppo = new() { Gamma = 2 } } } },
        { "spec.action_space.methods[1]", new() { RlMixSet = new() { ChooseMethod = true }, ActionSpace = new() { Methods = { Method.RMix, Method.Cutmix } } } },
        { "spec.fixed.choice.threshold_per_batch", new() { Fixed = new() { Choice = new() { Method = Method.RMix, LambdaAlpha = 1, ThresholdPerBatch = new() } } } },
        { "spec.fixed.choice.method", new() { Fixed = new() } },
        { "spec.fixed.choice.lambda_alpha", new() { Fixed = new() { Choice = new() { Method = Method.Cutmix, Probability = 1 } } } },
        { "spec.fixed.choice.lambda_alpha", new() { Fixed = new() { Choice = new() { Method = Method.Cutmix, LambdaAlpha = 0 } } } },
        { "spec.fixed.choice.lambda_value", new() { Fixed = new() { Choice = new() { Method = Method.Cutmix, LambdaValue = 1.1 } } } },
        { "spec.fixed.choice.lambda", new() { Fixed = new() { Choice = new() { Method = Method.Vanilla, LambdaAlpha = 1 } } } },
        { "spec.fixed.choice.threshold_band", new() { Fixed = new() { Choice = new() { Method = Method.RMix, LambdaAlpha = 1 } } } },
        { "spec.fixed.choice.threshold", new() { Fixed = new() { Choice = new() { Method = Method.Cutmix, LambdaAlpha = 1, ThresholdGrid = new() { Points = 10 } } } } },
        { "spec.fixed.choice.threshold_grid.points", new() { Fixed = new() { Choice = new() { Method = Method.CutTopPaste, ThresholdGrid = new() } } } },
        { "spec.fixed.choice.threshold_band.center", new() { Fixed = new() { Choice = new() { Method = Method.CutTopPaste, ThresholdBand = new() { Center = 1 } } } } },
        { "spec.fixed.choice.probability", new() { Fixed = new() { Choice = new() { Method = Method.Vanilla, Probability = 2 } } } },
        { "spec.schedule.entries", new() { Schedule = new() } },
        { "spec.schedule.entries[0].from_interval", Schedule(1) },
        { "spec.schedule.entries[2].from_interval", Schedule(0, 5, 5) },
        { "spec.schedule.entries[0].choice.method", new() { Schedule = new() { Entries = { new SchedulePolicy.Types.Entry() } } } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Check_WrongField_IsNamedWithValueAndRange(string field, AgentSpec spec)
    {
        var violation = AgentSpecRules.Check(AgentSpecDefaults.Fill(spec)).ShouldHaveSingleItem();

        violation.Field.ShouldBe(field);
        violation.Value.ShouldNotBeEmpty();
        violation.Allowed.ShouldNotBeEmpty();
    }

    [Fact]
    public void Check_Violation_ReadsAsASentence()
    {
        var violation = AgentSpecRules.Check(AgentSpecDefaults.Fill(new() { Ppo = new() { Gamma = 1.5 } })).Single();

        violation.Description.ShouldBe("spec.ppo.gamma is 1.5; allowed: a number in [0, 1].");
    }

    [Fact]
    public void Check_EveryPublishedSetting_IsAllowed()
    {
        foreach (var method in Policies.MethodTableTests.AllMethods)
        {
            AgentSpecRules.Check(AgentSpecDefaults.Fill(new() { Fixed = new() { Choice = new() { Method = method } } })).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Check_AMethodWithItsOwnDraw_TakesALambdaAllTheSame()
    {
        AgentSpecRules.Check(AgentSpecDefaults.Fill(new() { Fixed = new() { Choice = new() { Method = Method.ResizeMix, LambdaValue = 0.7 } } })).ShouldBeEmpty();
        AgentSpecRules.Check(AgentSpecDefaults.Fill(new() { Fixed = new() { Choice = new() { Method = Method.CoMixup, LambdaValue = 0.7 } } }))
            .ShouldHaveSingleItem().Field.ShouldBe("spec.fixed.choice.lambda");
    }

    private static AgentSpec Schedule(params int[] from) => new()
    {
        Schedule = new() { Entries = { from.Select(interval => new SchedulePolicy.Types.Entry { FromInterval = interval, Choice = new() { Method = Method.Vanilla } }) } },
    };
}
