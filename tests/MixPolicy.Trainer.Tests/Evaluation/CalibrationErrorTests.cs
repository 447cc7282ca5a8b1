using MixPolicy.Trainer.Evaluation;

namespace MixPolicy.Trainer.Tests.Evaluation;

public sealed class CalibrationErrorTests
{
    [Fact]
    public void Expected_OfTwoBins_IsTheHandComputedSum()
    {
        // Bin (14/15, 1]: confidences 0.95 and 0.99, one right: |1/2 − 0.97| = 0.47. Bin (7/15, 8/15]: 0.5 and right: |1 − 0.5| = 0.5.
        // ECE = 2/3·0.47 + 1/3·0.5 = 0.48
        CalibrationError.Expected([0.95f, 0.99f, 0.5f], [true, false, true]).ShouldBe(0.48, 1e-6);
    }

    [Fact]
    public void Expected_OfCertaintyThatIsRight_IsZero() => CalibrationError.Expected([1f, 1f], [true, true]).ShouldBe(0);

    [Fact]
    public void Expected_PutsABoundaryIntoTheLowerBin() =>

        // 0.2 = 3/15 belongs to (2/15, 3/15] with 0.15, where errors cancel: |1 − 0.35|/2; apart they would not: (|0 − 0.15| + |1 − 0.2|)/2.
        CalibrationError.Expected([0.15f, 0.2f], [false, true]).ShouldBe(0.325, 1e-6);

    [Fact]
    public void Expected_OfNothing_IsRefused() => Should.Throw<ArgumentException>(() => CalibrationError.Expected([], []));
}
