using MixPolicy.Testing;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests.Package;

public sealed class PackageTests
{
    private const string Readme = "trainer/MixPolicy.Mixup/README.md";

    [Fact]
    public void Sample_Runs_AndReachesTheWeights()
    {
        using var scope = NewDisposeScope();

        var (mixed, loss, network) = Sample.Run();

        mixed.Labels.sum(1).ShouldBeClose(ones(64), 1e-5, 0, "labels");
        double.IsFinite(loss.ToDouble()).ShouldBeTrue();
        network.parameters().ShouldAllBe(p => !ReferenceEquals(p.grad, null));
    }

    [Fact]
    public void Readme_ShowsTheSample_WhichHasTenLines()
    {
        var shown = ReadmeSample.Shown(Readme);

        shown.ShouldBe(ReadmeSample.Run("tests/MixPolicy.Mixup.Tests/Package/Sample.cs", "Run()", line => line.Contains("return ", StringComparison.Ordinal)));
        shown.Length.ShouldBe(10);
    }

    [Fact]
    public void Readme_NamesEveryMethod()
    {
        var readme = File.ReadAllText(Repository.PathOf(Readme));

        MixupMethods.All.ShouldAllBe(method => readme.Contains($"`{method.Name}`"));
    }

    [Theory]
    [InlineData("trainer/MixPolicy.Mixup", "MixPolicy.Mixup", "README.md")]
    [InlineData("torch/MixPolicy.Torch", "MixPolicy.Torch", null)]
    public async Task Pack_Project_HasLibraryAndWords(string project, string name, string? readme)
    {
        var (files, specification) = await PackedProject.PackAsync(project, name, TestContext.Current.CancellationToken);

        files.ShouldContain($"lib/net10.0/{name}.dll");
        files.ShouldContain($"lib/net10.0/{name}.xml");
        specification.ShouldContain("<license type=\"expression\">MIT</license>");
        specification.ShouldContain("<tags>");
        specification.ShouldContain("TorchSharp");
        if (readme is not null)
        {
            files.ShouldContain(readme);
            specification.ShouldContain($"<readme>{readme}</readme>");
            specification.ShouldContain("id=\"MixPolicy.Torch\"");
        }
    }
}
