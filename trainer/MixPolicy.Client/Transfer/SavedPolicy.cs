using Google.Protobuf;
using MixPolicy.V1;

namespace MixPolicy.Client.Transfer;

/// <summary>A learned policy in a file, as `mixpolicy export` writes it: a mark, the header as a length-delimited protobuf message, the data.</summary>
public static class SavedPolicy
{
    private static readonly byte[] Mark = [.. "MIXPOLICY 1\n"u8];

    /// <summary>The file's content.</summary>
    public static byte[] Bytes(LearnedPolicy policy)
    {
        using var content = new MemoryStream();
        content.Write(Mark);
        policy.Header.WriteDelimitedTo(content);
        content.Write(policy.Data);
        return content.ToArray();
    }

    /// <exception cref="PolicyException">There is no such file, or it is not a whole policy; the message says why.</exception>
    public static LearnedPolicy Read(string path)
    {
        try
        {
            var content = File.ReadAllBytes(path);
            if (!content.AsSpan().StartsWith(Mark))
            {
                throw new PolicyException($"{path} is not a policy: it was not written by 'mixpolicy export'.");
            }

            using var rest = new MemoryStream(content, Mark.Length, content.Length - Mark.Length);
            var header = PolicyHeader.Parser.ParseDelimitedFrom(rest);
            var policy = new LearnedPolicy(header, content[(Mark.Length + (int)rest.Position)..]);
            return policy.Damage() is { } damage ? throw new PolicyException($"{path} is damaged: {damage}.") : policy;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new PolicyException($"{path} is damaged: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PolicyException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
