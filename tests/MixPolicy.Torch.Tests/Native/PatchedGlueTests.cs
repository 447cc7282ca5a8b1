using MixPolicy.Testing;
using MixPolicy.Torch.Native;

namespace MixPolicy.Torch.Tests.Native;

public sealed class PatchedGlueTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Create_ManyAtOnce_LeavesOneWholeCopy()
    {
        var paths = new string[8];

        Parallel.For(0, paths.Length, i => paths[i] = PatchedGlue.Create(NativeFiles.Glue, _folder.Path));

        var copy = paths.Distinct().ShouldHaveSingleItem();
        Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).ShouldBe([copy]);
        var expected = File.ReadAllBytes(NativeFiles.Glue);
        GlibcxxRequirement.MarkWeak(expected);
        File.ReadAllBytes(copy).AsSpan().SequenceEqual(expected).ShouldBeTrue();
    }

    [Fact]
    public void Create_CopyInTheCacheIsDamaged_ReplacesIt()
    {
        var copy = PatchedGlue.Create(NativeFiles.Glue, _folder.Path);
        var whole = File.ReadAllBytes(copy);
        File.WriteAllText(copy, "half");

        PatchedGlue.Create(NativeFiles.Glue, _folder.Path);

        File.ReadAllBytes(copy).AsSpan().SequenceEqual(whole).ShouldBeTrue();
    }

    [Fact]
    public void Create_CacheThatCannotBeWritten_NamesItAndTheRemedy()
    {
        // A file where a folder is needed: permissions would not stop a test that runs as root.
        File.WriteAllText(_folder["cache"], "");

        var message = Should.Throw<TorchLoadException>(() => PatchedGlue.Create(NativeFiles.Glue, _folder["cache"])).Message;

        message.ShouldContain($"could not be written to {_folder["cache"]}");
        message.ShouldContain("Make that folder writable, or set XDG_CACHE_HOME to one that is.");
    }

    [Fact]
    public void Create_GlueThatCannotBePatched_SaysWhy()
    {
        var glue = _folder[NativeTorch.Glue];
        File.WriteAllText(glue, "not a library");

        Should.Throw<TorchLoadException>(() => PatchedGlue.Create(glue, _folder.Path)).Message.ShouldContain("cannot be made to work with it: it is not a 64-bit little-endian ELF file");
    }

    public void Dispose() => _folder.Dispose();
}
