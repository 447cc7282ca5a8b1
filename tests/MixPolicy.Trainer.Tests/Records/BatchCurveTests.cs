using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Tests.Records;

public sealed class BatchCurveTests
{
    [Fact]
    public void Of_FewBatches_IsEachOfThem()
    {
        var curve = BatchCurve.Of([0.5f, null, 1]);
        curve.Segment.ShouldBe(1);
        curve.Means.ShouldBe([0.5f, null, 1f]);
    }

    [Fact]
    public void Of_ManyBatches_IsMeansOfThoseThatHaveOne()
    {
        // 51 batches: 17 segments of three.
        var curve = BatchCurve.Of([.. Enumerable.Range(0, 51).Select(batch => batch < 3 ? (float?)null : batch == 3 ? null : batch)]);
        curve.Segment.ShouldBe(3);
        curve.Means.Count.ShouldBe(17);
        curve.Means[0].ShouldBeNull();
        curve.Means[1].ShouldBe(4.5f);
        curve.Means[16].ShouldBe(49);
    }
}
