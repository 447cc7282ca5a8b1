namespace MixPolicy.Ppo.Observations;

/// <summary>One named entry of a dictionary observation.</summary>
/// <param name="Size">Numbers in it, ≥ 1; a tensor is given row-major.</param>
public sealed record ObservationEntry(string Name, int Size);

/// <summary>
/// What the policy sees: a flat vector, or a dictionary of them. Inside PPO every observation is one flat float32 vector; the entries of a
/// dictionary follow each other in the order of their names (ordinal), as Stable-Baselines3 orders them. Immutable and thread-safe.
/// </summary>
public sealed class ObservationSpace
{
    private ObservationSpace(ObservationEntry[] entries, bool isDictionary)
    {
        Entries = entries;
        IsDictionary = isDictionary;
        Size = entries.Sum(entry => entry.Size);
    }

    /// <summary>In the order of the flat vector; a plain vector is one entry named <c>observation</c>.</summary>
    public IReadOnlyList<ObservationEntry> Entries { get; }

    public bool IsDictionary { get; }

    /// <summary>Numbers in the flat vector.</summary>
    public int Size { get; }

    /// <summary>What this is; a checkpoint of another description is refused.</summary>
    public string Description => IsDictionary ? $"dictionary({string.Join(",", Entries.Select(entry => $"{entry.Name}:{entry.Size}"))})" : $"vector({Size})";

    /// <param name="size">≥ 1.</param>
    public static ObservationSpace Vector(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return new([new("observation", size)], isDictionary: false);
    }

    /// <param name="entries">At least one, with distinct names, in any order.</param>
    public static ObservationSpace Dictionary(params ObservationEntry[] entries)
    {
        if (entries.Length == 0 || entries.DistinctBy(entry => entry.Name).Count() != entries.Length || entries.Any(entry => entry.Size < 1))
        {
            var given = string.Join(", ", entries.Select(entry => $"{entry.Name}:{entry.Size}"));
            throw new ArgumentException($"entries is [{given}]; allowed are one or more entries with distinct names and sizes of at least 1", nameof(entries));
        }

        return new([.. entries.OrderBy(entry => entry.Name, StringComparer.Ordinal)], isDictionary: true);
    }

    /// <summary>The flat vector of a dictionary observation.</summary>
    /// <exception cref="ArgumentException">An entry is missing, unknown, of another size or not finite.</exception>
    public float[] Flatten(IReadOnlyDictionary<string, float[]> observation)
    {
        if (observation.Keys.FirstOrDefault(name => Entries.All(entry => entry.Name != name)) is { } stranger)
        {
            throw new ArgumentException($"observation has '{stranger}'; allowed are {string.Join(", ", Entries.Select(entry => entry.Name))}", nameof(observation));
        }

        var flat = new float[Size];
        var start = 0;
        foreach (var (name, size) in Entries)
        {
            if (!observation.TryGetValue(name, out var values) || values.Length != size)
            {
                throw new ArgumentException($"observation '{name}' has {values?.Length ?? 0} numbers; needed are {size}", nameof(observation));
            }

            values.CopyTo(flat, start);
            start += size;
        }

        Check(flat);
        return flat;
    }

    /// <summary>Checks a flat observation.</summary>
    /// <exception cref="ArgumentException">Its size differs, or a number is not finite.</exception>
    public void Check(ReadOnlySpan<float> observation)
    {
        if (observation.Length != Size)
        {
            throw new ArgumentException($"observation has {observation.Length} numbers; needed are {Size}", nameof(observation));
        }

        for (var i = 0; i < observation.Length; i++)
        {
            if (!float.IsFinite(observation[i]))
            {
                throw new ArgumentException($"observation[{i}] is {observation[i]}; allowed are finite numbers", nameof(observation));
            }
        }
    }
}
