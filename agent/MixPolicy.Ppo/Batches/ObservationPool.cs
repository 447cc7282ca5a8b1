using System.Collections.Concurrent;

namespace MixPolicy.Ppo.Batches;

/// <summary>
/// Arrays of one size, used again and again: a rollout of RL-Mix holds a thousand observations of 66 KB, and what the garbage collector
/// sees of them should be one generation, not one a rollout. Any thread.
/// </summary>
internal sealed class ObservationPool(int size)
{
    private readonly ConcurrentBag<float[]> _free = [];

    public float[] Rent() => _free.TryTake(out var array) ? array : new float[size];

    public void Return(float[] array) => _free.Add(array);
}
