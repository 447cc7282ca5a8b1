using MixPolicy.Torch.Native;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Torch.Tests.Native;

public sealed class GlibcxxRequirementTests
{
    private static readonly byte[] Glue = File.ReadAllBytes(NativeFiles.Glue);

    [Fact]
    public void MarkWeak_TheShippedGlue_ChangesOneBitOnly()
    {
        var patched = Glue.ToArray();

        GlibcxxRequirement.MarkWeak(patched).ShouldBeTrue();

        var changed = Enumerable.Range(0, Glue.Length).Where(i => Glue[i] != patched[i]).ShouldHaveSingleItem();
        (Glue[changed] ^ patched[changed]).ShouldBe(2);
    }

    [Fact]
    public void MarkWeak_AlreadyWeak_ChangesNothing()
    {
        var once = Glue.ToArray();
        GlibcxxRequirement.MarkWeak(once);
        var twice = once.ToArray();

        GlibcxxRequirement.MarkWeak(twice);

        twice.AsSpan().SequenceEqual(once).ShouldBeTrue();
    }

    [Fact]
    public void MarkWeak_LibraryWithoutTheRequirement_SaysSo() =>
        GlibcxxRequirement.MarkWeak(File.ReadAllBytes(Path.Combine(NativeFiles.Folders.LibTorch, "libc10.so"))).ShouldBeFalse();

    [Fact]
    public void MarkWeak_ASymbolThatIsReallyNeeded_IsRefused()
    {
        var other = NativeFiles.With(NativeFiles.Glue, "_ZSt21ios_base_library_initv", "_ZSt21ios_base_library_usedv");

        Should.Throw<InvalidDataException>(() => GlibcxxRequirement.MarkWeak(other)).Message.ShouldBe("it needs _ZSt21ios_base_library_usedv of GLIBCXX_3.4.32");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not an ELF file, but one long enough to be taken for the header of one")]
    public void MarkWeak_SomethingElse_IsRefused(string text) =>
        Should.Throw<InvalidDataException>(() => GlibcxxRequirement.MarkWeak(System.Text.Encoding.ASCII.GetBytes(text))).Message.ShouldContain("not a 64-bit little-endian ELF");

    [Fact]
    public void MarkWeak_Truncated_IsRefused()
    {
        var random = new SplitMix64(1);
        for (var i = 0; i < 50; i++)
        {
            var length = 64 + (int)(random.NextUInt64() % (ulong)(Glue.Length - 128));
            Should.Throw<InvalidDataException>(() => GlibcxxRequirement.MarkWeak(Glue.AsSpan(0, length).ToArray()), $"{length} bytes");
        }
    }

    [Fact]
    public void MarkWeak_HostileTables_EndInARefusalOrAnAnswer()
    {
        // The file header and the section headers at the end of the file steer the walk; random bytes there lead it everywhere.
        var random = new SplitMix64(2);
        var hostile = new byte[Glue.Length];
        for (var i = 0; i < 300; i++)
        {
            Glue.CopyTo(hostile, 0);
            for (var change = 0; change < 4; change++)
            {
                var near = (int)(random.NextUInt64() % 4096);
                var position = random.NextDouble() < 0.3 ? 0x20 + (near % 0x20) : Glue.Length - 1 - near;
                hostile[position] = (byte)random.NextUInt64();
            }

            try
            {
                GlibcxxRequirement.MarkWeak(hostile);
            }
            catch (InvalidDataException)
            {
                // Refused: as good as an answer. Anything else fails the test.
            }
        }
    }
}
