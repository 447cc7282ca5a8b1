using MixPolicy.Trainer.Optimization;

namespace MixPolicy.Trainer.Tests.Optimization;

public sealed class ScheduleTests
{
    [Fact]
    public void MultiStep_FallsByTheFactorAtEveryMilestone()
    {
        var schedule = MultiStep.Published(totalSteps: 300);

        schedule.At(0).ShouldBe(new(0.2, 0.9));
        schedule.At(149).LearningRate.ShouldBe(0.2);
        schedule.At(150).LearningRate.ShouldBe(0.02, 1e-12);
        schedule.At(224).LearningRate.ShouldBe(0.02, 1e-12);
        schedule.At(225).LearningRate.ShouldBe(0.002, 1e-12);
    }

    [Fact]
    public void OneCycle_PastTheEnd_StaysAtTheLastStep() =>
        new OneCycle(0.3, 10).At(100).ShouldBe(new OneCycle(0.3, 10).At(9));

    [Fact]
    public void OneCycle_OfOneStep_IsRefused() => Should.Throw<ArgumentOutOfRangeException>(() => new OneCycle(0.3, 1));
}
