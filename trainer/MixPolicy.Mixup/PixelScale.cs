namespace MixPolicy.Mixup;

/// <summary>How pixels in [0, 1] became the values of a batch: <c>(pixel − mean) / deviation</c>, channel by channel.</summary>
/// <param name="Mean">One a channel, finite.</param>
/// <param name="Deviation">One a channel, positive and finite.</param>
/// <exception cref="ArgumentException">The lists differ in length, or a number is outside its range.</exception>
public sealed record PixelScale(IReadOnlyList<float> Mean, IReadOnlyList<float> Deviation)
{
    public IReadOnlyList<float> Mean { get; } = Mean.All(float.IsFinite)
        ? Mean
        : throw new ArgumentException($"Mean is [{string.Join(", ", Mean)}]; allowed: finite numbers", nameof(Mean));

    public IReadOnlyList<float> Deviation { get; } = Deviation.Count == Mean.Count && Deviation.All(d => d > 0 && float.IsFinite(d))
        ? Deviation
        : throw new ArgumentException($"Deviation is [{string.Join(", ", Deviation)}]; allowed: {Mean.Count} positive numbers, one for each of Mean", nameof(Deviation));
}
