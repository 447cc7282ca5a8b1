using MixPolicy.Agent.Learning.Validation;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Learning;

public sealed class RunSpecRulesTests
{
    public static TheoryData<string, Action<RunSpec>> Wrong => new()
    {
        { "spec.intervals", spec => spec.Intervals = 0 },
        { "spec.intervals", spec => spec.Intervals = 1_000_001 },
        { "spec.classes", spec => spec.Classes = 1 },
        { "spec.initial_holdout_loss", spec => spec.InitialHoldoutLoss = 0 },
        { "spec.initial_holdout_loss", spec => spec.InitialHoldoutLoss = double.PositiveInfinity },
        { "spec.peak_learning_rate", spec => spec.PeakLearningRate = double.NaN },
        { "spec.dataset", spec => spec.Dataset = new('x', 201) },
        { "spec.network", spec => spec.Network = new('x', 201) },
        { "spec.labels", spec => Enumerable.Range(0, 65).ToList().ForEach(i => spec.Labels.Add($"k{i}", "")) },
        { "spec.labels (key)", spec => spec.Labels.Add(new('x', 201), "") },
        { "spec.labels[\"k\"]", spec => spec.Labels.Add("k", new('x', 201)) },
    };

    [Fact]
    public void Check_ValidSpec_FindsNothing() => RunSpecRules.Check(Given.RunSpec).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Check_WrongField_IsNamed(string field, Action<RunSpec> spoil)
    {
        var spec = Given.RunSpec;
        spoil(spec);

        RunSpecRules.Check(spec).ShouldHaveSingleItem().Field.ShouldBe(field);
    }
}
