using MixPolicy.Agent.Policies;
using MixPolicy.Client;
using MixPolicy.Mixup;
using MixPolicy.Trainer.Policy;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Tests.Policy;

public sealed class ChoicesTests
{
    [Fact]
    public void MethodNames_CoverTheWireAndTheLibrary()
    {
        foreach (var method in Enum.GetValues<Method>().Where(m => m != Method.Unspecified))
        {
            LibraryChoices.Find(MethodNames.Of(method)).ShouldBe(method);
        }

        MethodNames.All.ShouldBe(MixupMethods.All.Select(m => m.Name));
    }

    [Fact]
    public void TheAgentsTable_AgreesWithTheLibrary()
    {
        foreach (var method in MixupMethods.All)
        {
            var entry = MethodTable.Get(LibraryChoices.Find(method.Name).ShouldNotBeNull(method.Name));

            (entry.UsesLambda, entry.UsesThreshold).ShouldBe((method.UsesLambda, method.UsesThreshold), method.Name);
            LibraryChoices.ParametersOf(entry.Published).ShouldBe(method.Published, method.Name);
        }
    }

    [Fact]
    public void ParametersOf_AMethodAlone_IsAsPublished()
    {
        foreach (var method in Enum.GetValues<Method>().Where(m => m != Method.Unspecified))
        {
            var choice = new Choice { Method = method };
            LibraryChoices.ParametersOf(choice).ShouldBe(LibraryChoices.MethodOf(choice).Published);
        }
    }

    [Fact]
    public void ParametersOf_AWholeChoice_FollowsIt()
    {
        var parameters = LibraryChoices.ParametersOf(new() { Method = Method.RMix, LambdaAlpha = 0.5, ThresholdBand = new() { Center = 0.3, Spread = 0.2 } });
        parameters.Lambda.ShouldBe(LambdaDraw.Beta(0.5));
        parameters.Threshold.ShouldBe(ThresholdDraw.Band(0.3, 0.2));
        parameters.Probability.ShouldBe(1);
        LibraryChoices.ParametersOf(new() { Method = Method.Cutmix, LambdaValue = 0.25, Probability = 0.5 })
            .ShouldSatisfyAllConditions(p => p.Lambda.ShouldBe(LambdaDraw.Fixed(0.25)), p => p.Probability.ShouldBe(0.5));
    }

    [Fact]
    public void ParametersOf_WhatCannotBeFollowed_SaysWhat() =>
        Should.Throw<PolicyException>(() => LibraryChoices.ParametersOf(new() { Method = Method.RMix, ThresholdGrid = new() { Points = 3 } })).Message.ShouldContain("10 points");

    [Fact]
    public void HeldOn_DrawsAsPublishedWhatTheAgentWouldDecideBatchByBatch()
    {
        var held = Choices.HeldOn(LibraryChoices.PerBatch);
        held.ShouldBe(new Choice { Method = Method.RMix, LambdaAlpha = 1, ThresholdGrid = new() { Points = 10 } });
        LibraryChoices.ParametersOf(held).ShouldBe(LibraryChoices.ParametersOf(LibraryChoices.PerBatch));
        Choices.HeldOn(Choices.Vanilla).ShouldBe(Choices.Vanilla);
    }
}
