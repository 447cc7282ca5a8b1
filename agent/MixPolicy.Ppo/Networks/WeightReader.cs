namespace MixPolicy.Ppo.Networks;

/// <summary>Hands out flat weights in their order, as a network's layers take them.</summary>
internal sealed class WeightReader(float[] weights)
{
    private int _next;

    public ReadOnlyMemory<float> Next(int count)
    {
        _next += count;
        return weights.AsMemory(_next - count, count);
    }
}
