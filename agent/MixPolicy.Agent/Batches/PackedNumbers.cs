using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using MixPolicy.V1;

namespace MixPolicy.Agent.Batches;

/// <summary>Numbers in a `bytes` field: one after another, little-endian.</summary>
public static class PackedNumbers
{
    /// <summary>Bytes a number takes.</summary>
    public static int Size(Packing packing) => packing == Packing.Bfloat16 ? sizeof(ushort) : sizeof(float);

    /// <param name="packed">A whole count of numbers.</param>
    public static float[] Unpack(ReadOnlySpan<byte> packed, Packing packing)
    {
        var numbers = GC.AllocateUninitializedArray<float>(packed.Length / Size(packing));
        if (packing == Packing.Bfloat16)
        {
            Widen(Ordered(MemoryMarshal.Cast<byte, ushort>(packed)), MemoryMarshal.Cast<float, uint>(numbers.AsSpan()));
        }
        else
        {
            packed.CopyTo(MemoryMarshal.AsBytes(numbers.AsSpan()));
            Reorder(numbers);
        }

        return numbers;
    }

    /// <summary>As float32.</summary>
    public static byte[] Pack(ReadOnlySpan<float> numbers)
    {
        var ordered = numbers.ToArray();
        Reorder(ordered);
        return MemoryMarshal.AsBytes(ordered.AsSpan()).ToArray();
    }

    /// <summary>Index of the first number outside [min, max], or -1. Not-a-number lies in no range.</summary>
    public static int FirstOutside(ReadOnlySpan<float> numbers, float min, float max)
    {
        var (lowest, highest) = (new Vector<float>(min), new Vector<float>(max));
        var i = 0;
        while (i <= numbers.Length - Vector<float>.Count)
        {
            var some = new Vector<float>(numbers[i..]);
            if (!Vector.GreaterThanOrEqualAll(some, lowest) || !Vector.LessThanOrEqualAll(some, highest))
            {
                break;
            }

            i += Vector<float>.Count;
        }

        for (; i < numbers.Length; i++)
        {
            if (!(numbers[i] >= min && numbers[i] <= max))
            {
                return i;
            }
        }

        return -1;
    }

    // A bfloat16 is the upper half of a float32.
    private static void Widen(ReadOnlySpan<ushort> halves, Span<uint> wholes)
    {
        const int Shift = 16;
        var i = 0;
        for (; i <= halves.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(halves[i..]), out var low, out var high);
            Vector.ShiftLeft(low, Shift).CopyTo(wholes[i..]);
            Vector.ShiftLeft(high, Shift).CopyTo(wholes[(i + Vector<uint>.Count)..]);
        }

        for (; i < halves.Length; i++)
        {
            wholes[i] = (uint)halves[i] << Shift;
        }
    }

    private static ReadOnlySpan<ushort> Ordered(ReadOnlySpan<ushort> halves)
    {
        if (BitConverter.IsLittleEndian)
        {
            return halves;
        }

        var ordered = new ushort[halves.Length];
        BinaryPrimitives.ReverseEndianness(halves, ordered);
        return ordered;
    }

    private static void Reorder(float[] numbers)
    {
        if (!BitConverter.IsLittleEndian)
        {
            var bits = MemoryMarshal.Cast<float, int>(numbers.AsSpan());
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }
    }
}
