using MixPolicy.Agent.Policies;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Policies;

public sealed class ScheduledPolicyTests
{
    [Theory]
    [InlineData(0, Method.Vanilla)]
    [InlineData(4, Method.Vanilla)]
    [InlineData(5, Method.Cutmix)]
    [InlineData(1000, Method.Cutmix)]
    public void Decide_Interval_IsTheLastEntryThatHasBegun(int interval, Method method)
    {
        using var policy = new ScheduledPolicy(
        [
            new() { FromInterval = 0, Choice = MethodTable.Get(Method.Vanilla).Published },
            new() { FromInterval = 5, Choice = MethodTable.Get(Method.Cutmix).Published },
        ]);

        var draw = policy.Decide("agents/a/runs/r", interval, [], seed: (ulong)interval);

        draw.Choice.ShouldBe(MethodTable.Get(method).Published);
        (draw.LogProbability, draw.Value).ShouldBe((0, 0));
        draw.Distribution.Methods.ShouldHaveSingleItem().ShouldBe(new() { Method = method, Probability = 1 });
    }
}
