namespace MixPolicy.Torch.Randomness;

/// <summary>One part of what a seed is derived from: a whole number or a text.</summary>
public readonly struct SeedPart : IEquatable<SeedPart>
{
    private SeedPart(ulong number, string? text) => (Number, Text) = (number, text);

    internal ulong Number { get; }

    internal string? Text { get; }

    public static implicit operator SeedPart(ulong number) => new(number, null);

    /// <summary>Negative numbers are allowed; they count as their two's complement.</summary>
    public static implicit operator SeedPart(long number) => new(unchecked((ulong)number), null);

    /// <inheritdoc cref="op_Implicit(long)"/>
    public static implicit operator SeedPart(int number) => (long)number;

    public static implicit operator SeedPart(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(0, text);
    }

    public static bool operator ==(SeedPart left, SeedPart right) => left.Equals(right);

    public static bool operator !=(SeedPart left, SeedPart right) => !left.Equals(right);

    public static SeedPart FromUInt64(ulong number) => number;

    public static SeedPart FromInt64(long number) => number;

    public static SeedPart FromInt32(int number) => number;

    public static SeedPart FromString(string text) => text;

    public bool Equals(SeedPart other) => Number == other.Number && Text == other.Text;

    public override bool Equals(object? obj) => obj is SeedPart other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Number, Text);
}
