using TorchSharp;

namespace MixPolicy.Ppo.Tests.Learning;

public sealed class NativeMemoryTests
{
    [Fact]
    public void LearnActSave_ManyTimes_LeavesNoTensorBehind()
    {
        using var learner = MixupLike.Learner();
        learner.Learn(MixupLike.Rollout(learner, 0));
        var before = torch.Tensor.TotalCount;
        var scoped = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var update = 1UL; update <= 50; update++)
        {
            learner.Learn(MixupLike.Rollout(learner, update));
        }

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(scoped);
        (torch.Tensor.TotalCount - before).ShouldBeLessThanOrEqualTo(0);
    }
}
