namespace MixPolicy.Agent.Experiments;

/// <summary>
/// Values that are only ever added to. One writer adds; what a reader took with <see cref="Values"/> stays as it is, because nothing within its length is written again.
/// </summary>
internal sealed class Column<T>
{
    private T[] _values = new T[16];

    public int Count { get; private set; }

    /// <summary>What was added until now.</summary>
    public ReadOnlyMemory<T> Values => _values.AsMemory(0, Count);

    public void Add(T value)
    {
        if (Count == _values.Length)
        {
            Array.Resize(ref _values, 2 * Count);
        }

        _values[Count++] = value;
    }
}
