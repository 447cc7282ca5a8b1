using System.Buffers.Binary;

namespace MixPolicy.Agent.Log;

/// <summary>An observation as stored: float32, little-endian.</summary>
public static class ObservationBytes
{
    public static byte[] From(ReadOnlySpan<float> observation)
    {
        var bytes = new byte[observation.Length * sizeof(float)];
        for (var i = 0; i < observation.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), observation[i]);
        }

        return bytes;
    }

    public static float[] ToFloats(ReadOnlySpan<byte> bytes)
    {
        var observation = new float[bytes.Length / sizeof(float)];
        for (var i = 0; i < observation.Length; i++)
        {
            observation[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        }

        return observation;
    }
}
