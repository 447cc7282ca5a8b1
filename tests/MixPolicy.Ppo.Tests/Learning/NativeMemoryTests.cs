using TorchSharp;

namespace MixPolicy.Ppo.Tests.Learning;

public sealed class NativeMemoryTests
{
    [Fact]
    public void ActAndLearn_ManyTimes_LeavesNoTensorBehind()
    {
        using var learner = MixupLike.Learner();
        learner.Learn(MixupLike.Rollout(learner, 0));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var update = 1UL; update <= 50; update++)
        {
            learner.Learn(MixupLike.Rollout(learner, update));
        }

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }
}
