using MixPolicy.Trainer.Optimization;

namespace MixPolicy.Trainer.Tests.Optimization;

public sealed class ScheduleTests
{
    [Fact]
    public void MultiStep_FallsByTheFactorAtEveryMilestone_NeverInsideAnEpoch()
    {
        var schedule = MultiStep.Published(epochs: 3, stepsPerEpoch: 100);

        schedule.At(0).ShouldBe(new(0.2, 0.9));
        schedule.At(99).LearningRate.ShouldBe(0.2);
        schedule.At(100).LearningRate.ShouldBe(0.02, 1e-12);
        schedule.At(199).LearningRate.ShouldBe(0.02, 1e-12);
        schedule.At(200).LearningRate.ShouldBe(0.002, 1e-12);
    }

    [Fact]
    public void OneCycle_PastTheEnd_StaysAtTheLastStep() =>
        new OneCycle(0.3, 10).At(100).ShouldBe(new OneCycle(0.3, 10).At(9));

    [Fact]
    public void OneCycle_OfOneStep_IsRefused() => Should.Throw<ArgumentOutOfRangeException>(() => new OneCycle(0.3, 1));
}
