using System.Security.Cryptography;
using Google.Protobuf;
using MixPolicy.Client.Transfer;
using MixPolicy.Testing;

namespace MixPolicy.Client.Tests.Transfer;

public sealed class SavedPolicyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Read_GivesWhatWasWritten()
    {
        var policy = Policy();
        File.WriteAllBytes(_folder["policy"], SavedPolicy.Bytes(policy));
        var read = SavedPolicy.Read(_folder["policy"]);
        read.Header.ShouldBe(policy.Header);
        read.Data.ShouldBe(policy.Data);
    }

    [Fact]
    public void Read_OfAnythingElse_SaysWhatIsWrong()
    {
        Refused(null).ShouldContain("cannot be read");
        Refused([]).ShouldContain("is not a policy");
        Refused([.. "something else entirely"u8]).ShouldContain("is not a policy");
        File.WriteAllBytes(_folder["good"], SavedPolicy.Bytes(Policy()));
        var good = File.ReadAllBytes(_folder["good"]);
        for (var length = 13; length < good.Length; length += 37)
        {
            Refused(good[..length]).ShouldContain("is damaged");
        }

        good[^1] ^= 1;
        Refused(good).ShouldContain("is damaged: its SHA-256 does not fit");
    }

    public void Dispose() => _folder.Dispose();

    private string Refused(byte[]? content)
    {
        if (content is not null)
        {
            File.WriteAllBytes(_folder["bad"], content);
        }

        var message = Should.Throw<PolicyException>(() => SavedPolicy.Read(_folder["bad"])).Message;
        message.ShouldStartWith(_folder["bad"]);
        return message;
    }

    private static LearnedPolicy Policy()
    {
        byte[] data = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))];
        return new(new() { Kind = "rl_mix_set P8", PolicyVersion = 3, Size = data.Length, Sha256 = ByteString.CopyFrom(SHA256.HashData(data)) }, data);
    }
}
