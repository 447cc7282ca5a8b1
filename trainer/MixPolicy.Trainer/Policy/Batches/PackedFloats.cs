using System.Buffers.Binary;
using Google.Protobuf;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy.Batches;

/// <summary>Numbers as the wire has them: one after another, little-endian.</summary>
internal static class PackedFloats
{
    private const int HalfBits = 16;

    internal static ByteString Of(float[] values, Packing packing)
    {
        var size = packing == Packing.Bfloat16 ? sizeof(ushort) : sizeof(float);
        var bytes = new byte[values.Length * size];
        for (var i = 0; i < values.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(values[i]);
            if (packing == Packing.Bfloat16)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * size), (ushort)(Nearest(bits) >> HalfBits));
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * size), bits);
            }
        }

        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    /// <summary>The numbers as the other side will read them.</summary>
    internal static float[] AsRead(float[] values, Packing packing) =>
        packing == Packing.Bfloat16 ? Array.ConvertAll(values, value => BitConverter.UInt32BitsToSingle(Nearest(BitConverter.SingleToUInt32Bits(value)))) : values;

    // The nearest number whose lower half is zero, ties to even. Finite numbers in the contract's ranges stay finite.
    private static uint Nearest(uint bits) => (bits + 0x7fff + ((bits >> HalfBits) & 1)) & 0xffff_0000;
}
