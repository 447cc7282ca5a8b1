namespace MixPolicy.Mixup;

/// <summary>How pixels in [0, 1] became the values of a batch: <c>(pixel − mean) / deviation</c>, channel by channel.</summary>
/// <param name="Mean">One a channel.</param>
/// <param name="Deviation">One a channel, positive.</param>
public sealed record PixelScale(IReadOnlyList<float> Mean, IReadOnlyList<float> Deviation);
