using MixPolicy.Agent.Learning.Validation;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Learning;

public sealed class AgentSpecDefaultsTests
{
    [Fact]
    public void Fill_EmptySpec_IsTheDocumentedPpoAgent()
    {
        var spec = AgentSpecDefaults.Fill(new());

        spec.ShouldBe(new AgentSpec
        {
            ActionSpace = new()
            {
                Methods = { Method.Vanilla, Method.InputMixup, Method.Cutmix, Method.RMix },
                Lambda = new() { Kind = LambdaSpace.Types.Kind.Alpha, Min = 0.1, Max = 4 },
                Threshold = new() { Min = 0, Max = 0.99, Spread = 0.2 },
            },
            Reward = Reward.HeldOutImprovement,
            Ppo = new()
            {
                Rollout = 8,
                Gamma = 0.9,
                GaeLambda = 0.9,
                LearningRate = 3e-4,
                Epochs = 10,
                Minibatch = 8,
                Clip = 0.2,
                Entropy = 0.01,
                ValueCoefficient = 0.5,
            },
        });
        AgentSpecRules.Check(spec).ShouldBeEmpty();
    }

    [Fact]
    public void Fill_WhatIsSet_Stays()
    {
        var given = new AgentSpec
        {
            ActionSpace = new() { Methods = { Method.RMix }, Lambda = new() { Kind = LambdaSpace.Types.Kind.Value, Max = 0.5 } },
            Ppo = new() { Rollout = 32, Entropy = 0 },
            Reward = Reward.Client,
            Seed = 3,
        };

        var spec = AgentSpecDefaults.Fill(given);

        spec.ActionSpace.Methods.ShouldBe([Method.RMix]);
        (spec.ActionSpace.Lambda.Min, spec.ActionSpace.Lambda.Max).ShouldBe((0, 0.5));
        (spec.Ppo.Rollout, spec.Ppo.Minibatch, spec.Ppo.Entropy).ShouldBe((32, 32, 0));
        (spec.Reward, spec.Seed).ShouldBe((Reward.Client, 3ul));
        given.ActionSpace.Threshold.ShouldBeNull();
    }

    [Fact]
    public void Fill_Twice_ChangesNothingMore()
    {
        var once = AgentSpecDefaults.Fill(new() { Fixed = new() { Choice = new() { Method = Method.Cutmix } } });

        AgentSpecDefaults.Fill(once).ShouldBe(once);
    }

    [Fact]
    public void Fill_FixedMethodAlone_IsItsPublishedSetting()
    {
        var spec = AgentSpecDefaults.Fill(new() { Fixed = new() { Choice = new() { Method = Method.Cutmix } } });

        spec.Fixed.Choice.ShouldBe(new Choice { Method = Method.Cutmix, LambdaAlpha = 1, Probability = 0.5 });
    }

    [Fact]
    public void Fill_ScheduledMethodAlone_IsItsPublishedSetting()
    {
        var spec = AgentSpecDefaults.Fill(new() { Schedule = new() { Entries = { new SchedulePolicy.Types.Entry { Choice = new() { Method = Method.RMix } } } } });

        spec.Schedule.Entries.Single().Choice.ShouldBe(new Choice { Method = Method.RMix, LambdaAlpha = 1, ThresholdGrid = new() { Points = 10 } });
    }
}
