using MixPolicy.Torch.Native;

namespace MixPolicy.Torch.Tests.Native;

/// <summary>What the loader of the C library says on systems that lack something, and what we make of it.</summary>
public sealed class LoadRemedyTests
{
    [Theory]
    [InlineData("libgomp.so.1: cannot open shared object file: No such file or directory", "install the OpenMP runtime: libgomp1")]
    [InlineData("libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory", "the OpenMP runtime that belongs to this libtorch is missing from /libtorch")]
    [InlineData("libcudart.so.13: cannot open shared object file: No such file or directory", "a CUDA library is missing")]
    [InlineData("/lib/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by /libtorch/libtorch_cpu.so)", "the C++ library of this system is too old")]
    [InlineData("/lib/libm.so.6: version `GLIBC_2.28' not found (required by /libtorch/libc10.so)", "the C library of this system is too old or is not glibc")]
    [InlineData("libdl.so.2 is missing: the C library is not glibc", "not Alpine")]
    [InlineData("/libtorch/libLibTorchSharp.so: undefined symbol: _ZN2at4nameE", "the libtorch in /libtorch does not fit TorchSharp, which is built for libtorch 2.10")]
    [InlineData("/libtorch/libtorch_cpu.so: invalid ELF header", "the file is damaged or for another system")]
    [InlineData("libmkl_core.so.2: cannot open shared object file: No such file or directory", "install the library it names")]
    public void Explain_WordsOfTheLoader_KeepsThemAndSaysWhatToDo(string said, string remedy)
    {
        var message = NativeTorch.Explain("/libtorch/libtorch_cpu.so", new("/libtorch", "/glue", "MIXPOLICY_LIBTORCH"), said).Message;

        message.ShouldStartWith($"libtorch_cpu.so (from MIXPOLICY_LIBTORCH, /libtorch) could not be loaded: {said}. Remedy: ");
        message.ShouldContain(remedy);
    }
}
