using Google.Protobuf;
using MixPolicy.Client;
using MixPolicy.Trainer.Policy.Batches;
using MixPolicy.Trainer.Training.Batches;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Tests.Policy.Batches;

public sealed class WireBatchesTests
{
    [Fact]
    public void Observation_OfThePublishedBatch_IsTheImagesAlone()
    {
        var view = new BatchView(100, 100, 8, new float[6400], new float[10_000], new float[100], [.. Enumerable.Range(0, 100).Select(i => (long)i)], 0.25);
        var published = WireBatches.Observation(view, withDraws: false, Packing.Float32);
        published.CalculateSize().ShouldBeInRange(65_600, 65_700);
        published.HasLambda.ShouldBeFalse();

        var whole = WireBatches.Observation(view, withDraws: true, Packing.Float32);
        whole.Partners.ShouldBe(Enumerable.Range(0, 100));
        whole.Lambda.ShouldBe(0.25);
        whole.Losses.Length.ShouldBe(400);
    }

    [Fact]
    public void Observation_PacksLittleEndianFloats()
    {
        var view = new BatchView(1, 2, 1, [1], [1, -2], [0], [0], 0.5);
        WireBatches.Observation(view, withDraws: false, Packing.Float32).Logits.ToByteArray().ShouldBe([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
    }

    /// <summary>To the nearest, ties to even; the other side reads what is drawn from here.</summary>
    [Fact]
    public void Observation_AsBFloat16_IsHalfAsLongAndReadsAsTheNearest()
    {
        float[] logits = [1, -2, 1 + (1 / 256f), 1 + (3 / 256f), 1e6f, -1e-3f];
        var view = new BatchView(1, 6, 1, [1], logits, [0.1f], [0], 0.5);
        var packed = WireBatches.Observation(view, withDraws: true, Packing.Bfloat16);
        packed.Packing.ShouldBe(Packing.Bfloat16);
        packed.Logits.ToByteArray().ShouldBe([0x80, 0x3f, 0, 0xc0, 0x80, 0x3f, 0x82, 0x3f, 0x74, 0x49, 0x83, 0xba]);
        var read = PackedFloats.AsRead(logits, Packing.Bfloat16);
        MixPolicy.Agent.Batches.PackedNumbers.Unpack(packed.Logits.Span, Packing.Bfloat16).ShouldBe(read);
        read.Zip(logits, (r, l) => Math.Abs(r - l) / Math.Abs(l)).ShouldAllBe(error => error <= 1 / 256f);
        PackedFloats.AsRead(logits, Packing.Float32).ShouldBe(logits);
    }

    [Fact]
    public void Answer_PutsBinsOnThePublishedGrid()
    {
        var answer = WireBatches.Answer(Response(4, [0, 1, 9], 10), 4, 3);
        answer!.Percentiles.ShouldBe([0, 0.11f, 0.99f], 1e-6);
        answer.Method.ShouldBeNull();
        var response = Response(4, [0], 2);
        response.Decision.Method = Method.CutTopPaste;
        WireBatches.Answer(response, 4, 1)!.Method.ShouldBe("cut-top-paste");
    }

    [Theory]
    [InlineData(5, 3, 10)]
    [InlineData(4, 2, 10)]
    [InlineData(4, 3, 9)]
    [InlineData(4, 3, 1)]
    public void Answer_ToAnotherQuestion_IsRefused(long batch, int images, int bins) =>
        Should.Throw<PolicyException>(() => WireBatches.Answer(Response(batch, [0, 1, 9], bins), 4, images)).Message.ShouldContain("asked was batch 4");

    private static SteerBatchesResponse Response(long batch, byte[] bins, int count) => new() { Decision = new() { Batch = batch, Bins = ByteString.CopyFrom(bins), BinCount = count } };
}
