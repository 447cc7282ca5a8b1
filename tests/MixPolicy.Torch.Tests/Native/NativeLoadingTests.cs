using MixPolicy.Testing;
using MixPolicy.Torch.Native;

namespace MixPolicy.Torch.Tests.Native;

/// <summary>Native libraries load once in a process, so each case is a process of its own.</summary>
public sealed class NativeLoadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Load_FolderThatIsNotThere_NamesTheVariableAndTheRemedy() =>
        (await RefusalOf("/no/such/folder")).ShouldContain(
            "MIXPOLICY_LIBTORCH=/no/such/folder: there is no libtorch_cpu.so in that folder, its lib/ or its torch/lib/. Name the folder of a libtorch or PyTorch installation");

    [Theory]
    [InlineData("libc10.so")]
    [InlineData("libtorch.so")]
    public async Task Load_FileMissing_NamesIt(string file)
    {
        NativeFiles.LinkLibTorch(_folder.Path, file);

        (await RefusalOf(_folder.Path)).ShouldContain($"{file} is missing from {_folder.Path} (MIXPOLICY_LIBTORCH): that is not a whole libtorch.");
    }

    [Fact]
    public async Task Load_LibgompMissing_NamesIt()
    {
        NativeFiles.LinkLibTorch(_folder.Path, "libgomp");

        var message = await RefusalOf(_folder.Path);

        message.ShouldContain("libgomp");
        message.ShouldContain("the OpenMP runtime that belongs to this libtorch is missing");
    }

    [Fact]
    public async Task Load_FileCutShort_SaysSoInsteadOfCrashing()
    {
        NativeFiles.LinkLibTorch(_folder.Path, "libc10.so");
        var whole = await File.ReadAllBytesAsync(Path.Combine(NativeFiles.Folders.LibTorch, "libc10.so"), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["libc10.so"], whole[..(whole.Length / 2)], TestContext.Current.CancellationToken);

        var message = await RefusalOf(_folder.Path);

        message.ShouldContain($"libc10.so (from MIXPOLICY_LIBTORCH, {_folder.Path}) could not be loaded: it has {whole.Length / 2} bytes, its tables ask for ");
        message.ShouldContain("it is cut short. Remedy: the file is damaged or for another system: install it again.");
    }

    [Fact]
    public async Task Load_FileOfSomethingElse_SaysSo()
    {
        NativeFiles.LinkLibTorch(_folder.Path, "libtorch.so");
        await File.WriteAllTextAsync(_folder["libtorch.so"], "GROUP ( libtorch_cpu.so )", TestContext.Current.CancellationToken);

        (await RefusalOf(_folder.Path)).ShouldContain("could not be loaded: it is not a 64-bit little-endian ELF file.");
    }

    [Fact]
    public async Task Load_SymbolThatLibtorchLacks_NamesItInsteadOfCrashingLater()
    {
        const string Symbol = "_ZN2at4_ops10leaky_relu4callERKNS_6TensorERKN3c106ScalarE";
        ProbeProcess.CopyTo(_folder.Path);
        Directory.CreateDirectory(_folder["libtorch"]);
        var glue = NativeFiles.With(NativeFiles.Glue, Symbol, Symbol.Replace("leaky", "lucky", StringComparison.Ordinal));
        await File.WriteAllBytesAsync(_folder["libtorch/libLibTorchSharp.so"], glue, TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await Run(_folder.Path, []);

        exitCode.ShouldBe(1, error);
        error.ShouldContain("undefined symbol: _ZN2at4_ops10lucky_relu4call");
        error.ShouldContain("does not fit TorchSharp, which is built for libtorch 2.10");
    }

    [Fact]
    public async Task Load_FolderOfAnInstallation_IsUsed()
    {
        NativeFiles.LinkLibTorch(_folder["torch/lib"]);

        var (exitCode, output, error) = await Run(AppContext.BaseDirectory, new() { [LibTorchFolders.EnvironmentVariable] = _folder.Path });

        exitCode.ShouldBe(0, error);
        output.ShouldContain($"sum=45 source=MIXPOLICY_LIBTORCH folder={_folder["torch/lib"]}");
    }

    [Fact]
    public async Task Load_OldCppLibraryAndRacingProcesses_AllLoad()
    {
        var environment = new Dictionary<string, string> { ["XDG_CACHE_HOME"] = _folder.Path };

        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Run(AppContext.BaseDirectory, environment)));

        results.ShouldAllBe(result => result.ExitCode == 0 && result.Output.Contains("sum=45", StringComparison.Ordinal));

        // On a system with a new C++ library there is nothing to patch.
        var patched = results[0].Output.Contains("patched=True", StringComparison.Ordinal);
        Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).ShouldBe(patched ? [NativeTorch.Glue] : []);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string> RefusalOf(string libTorch)
    {
        var (exitCode, _, error) = await Run(AppContext.BaseDirectory, new() { [LibTorchFolders.EnvironmentVariable] = libTorch });
        exitCode.ShouldBe(1, error);
        return error;
    }

    private static Task<(int ExitCode, string Output, string Error)> Run(string probe, Dictionary<string, string> environment) =>
        ProbeProcess.RunAsync(probe, environment, "load");
}
