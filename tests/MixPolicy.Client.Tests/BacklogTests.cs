using MixPolicy.V1;

namespace MixPolicy.Client.Tests;

public sealed class BacklogTests
{
    [Fact]
    public void Backlog_KeepsReportsUntilTheNextDecision()
    {
        var backlog = Backlog.Empty();
        backlog.Decided.ShouldBe(-1);
        backlog.Confirm(0);
        backlog.Add(0, new() { TrainLoss = 1.5 });
        backlog.Of(0, "agents/a/runs/r").ShouldBe(new() { Decision = "agents/a/runs/r/decisions/0", TrainLoss = 1.5 });
        backlog.Confirm(1);
        backlog.Of(0, "agents/a/runs/r").ShouldBeNull();
        backlog.Decided.ShouldBe(1);
    }

    [Fact]
    public void State_RoundTrip_KeepsBytes()
    {
        var backlog = Backlog.Empty();
        backlog.Add(0, new() { TrainLoss = 0.1 });
        backlog.Add(1, new() { TrainLoss = 0.2, Fallback = Choices.Vanilla });
        var again = Backlog.From(backlog.State());
        again.Decided.ShouldBe(-1);
        again.State().Reports.ShouldBe(backlog.State().Reports);
        again.Of(1, "r")!.Fallback.Method.ShouldBe(Method.Vanilla);
    }
}
