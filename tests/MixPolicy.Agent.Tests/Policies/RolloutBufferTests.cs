using MixPolicy.Agent.Policies;
using MixPolicy.Ppo.Rollouts;

namespace MixPolicy.Agent.Tests.Policies;

public sealed class RolloutBufferTests
{
    private static readonly float[] Next = [9];

    [Fact]
    public void Take_InterleavedRuns_AreSegmentsWithTheirOwnBootstrap()
    {
        var buffer = new RolloutBuffer();
        Earn(buffer, "a", 1, [11]);
        buffer.Open("b", Decision(2));
        Earn(buffer, "a", 3, [13]);
        buffer.Close("b", 2, [12], last: true);

        var rollout = buffer.Take();

        rollout.Select(segment => (Rewards(segment), segment.NextObservation?[0])).ShouldBe([("1 3", 13f), ("2", null)]);
        buffer.Count.ShouldBe(0);
    }

    [Fact]
    public void Cut_InTheMiddle_StartsANewSegment()
    {
        var buffer = new RolloutBuffer();
        Earn(buffer, "a", 1, [11]);
        buffer.Open("a", Decision(2));
        buffer.Cut("a");
        Earn(buffer, "a", 3, [13]);

        buffer.Take().Select(segment => (Rewards(segment), segment.NextObservation?[0])).ShouldBe([("1", 11f), ("3", 13f)]);
    }

    [Fact]
    public void Take_WithAnOpenDecision_LeavesItToTheNextRollout()
    {
        var buffer = new RolloutBuffer();
        Earn(buffer, "a", 1, Next);
        buffer.Open("a", Decision(2));
        buffer.Take();

        buffer.Close("a", 2, Next, last: false);

        buffer.Take().Select(Rewards).ShouldBe(["2"]);
    }

    [Fact]
    public void Close_WithoutADecision_IsAnError() =>
        Should.Throw<InvalidOperationException>(() => new RolloutBuffer().Close("a", 1, Next, last: false)).Message.ShouldContain("a has no open decision");

    private static void Earn(RolloutBuffer buffer, string run, float reward, float[] next)
    {
        buffer.Open(run, Decision(reward));
        buffer.Close(run, reward, next, last: false);
    }

    private static Transition Decision(float observation) => new([observation], [0], 0, 0, 0);

    private static string Rewards(Segment segment) => string.Join(' ', segment.Transitions.Select(transition => transition.Reward));
}
