using System.Buffers.Binary;
using TorchSharp;

namespace MixPolicy.Torch.Randomness;

/// <summary>The state of an explicit torch generator as bytes: a generator that was given them draws on, bit for bit, as the one they were taken from.</summary>
public static class GeneratorState
{
    // Layout of libtorch's CPUGeneratorImplStateLegacy: seed u64, left i32, seeded i32, next u64, 624 words, cached normals.
    private const int LeftOffset = 8;
    private const int SeededOffset = 12;
    private const int NextOffset = 16;
    private const int MersenneWords = 624;

    /// <summary>5,056 bytes for the CPU (Mersenne twister and its cached normals), 16 for CUDA.</summary>
    public static byte[] Save(torch.Generator generator)
    {
        using var scope = torch.NewDisposeScope();
        return generator.get_state().bytes.ToArray();
    }

    /// <summary>Gives <paramref name="generator"/> the state of another of the same device type.</summary>
    /// <exception cref="ArgumentException">The bytes are not the state of such a generator.</exception>
    public static void Restore(torch.Generator generator, ReadOnlySpan<byte> state)
    {
        using var scope = torch.NewDisposeScope();

        // TorchSharp lets the error libtorch raises here end the process, so everything libtorch asks of a state is asked first.
        var expected = generator.get_state().numel();
        if (state.Length != expected)
        {
            throw new ArgumentException($"the state of a {generator.device} generator has {expected} bytes, these are {state.Length}.", nameof(state));
        }

        if (generator.device.type == DeviceType.CPU ? !IsMersenne(state) : !IsPhilox(state))
        {
            throw new ArgumentException($"the bytes are not the state of a {generator.device} generator.", nameof(state));
        }

        generator.set_state(torch.tensor(state.ToArray(), dtype: torch.ScalarType.Byte));
    }

    private static bool IsMersenne(ReadOnlySpan<byte> state) =>
        BinaryPrimitives.ReadInt32LittleEndian(state[LeftOffset..]) is > 0 and <= MersenneWords
        && BinaryPrimitives.ReadInt32LittleEndian(state[SeededOffset..]) == 1
        && BinaryPrimitives.ReadUInt64LittleEndian(state[NextOffset..]) <= MersenneWords;

    // Seed u64, offset u64; Philox draws four numbers at a time.
    private static bool IsPhilox(ReadOnlySpan<byte> state) => BinaryPrimitives.ReadUInt64LittleEndian(state[8..]) % 4 == 0;
}
