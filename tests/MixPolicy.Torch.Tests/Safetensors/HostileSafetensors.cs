using System.Buffers.Binary;
using System.Text;

namespace MixPolicy.Torch.Tests.Safetensors;

internal static class HostileSafetensors
{
    /// <summary>A file made of any header text and data.</summary>
    public static byte[] File(string header, params byte[] data) => File(Encoding.UTF8.GetBytes(header), data);

    public static byte[] File(byte[] header, byte[] data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. data];
    }
}
