using MixPolicy.Trainer.Networks;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Networks;

public sealed class PreActResNetTests
{
    [Theory]
    [InlineData("preactresnet18", 100, 11_217_316)] // Luu et al. 2022 for CIFAR-100
    [InlineData("preactresnet18-w64", 100, 11_217_316)]
    [InlineData("PreActResNet18-w16", 10, 700_762)]
    public void Create_HasThePublishedNumberOfParameters(string name, int classes, long parameters)
    {
        using var network = ClassifierNetworks.Create(name, classes, new Generator(1));

        network.parameters().Sum(p => p.numel()).ShouldBe(parameters);
    }

    [Fact]
    public void Create_DrawsPyTorchsDefaultsFromTheGeneratorAlone()
    {
        manual_seed(1);
        using var first = ClassifierNetworks.Create("preactresnet18-w4", 10, new Generator(5));
        using var again = ClassifierNetworks.Create("preactresnet18-w4", 10, new Generator(5));
        using var other = ClassifierNetworks.Create("preactresnet18-w4", 10, new Generator(6));
        var state = first.state_dict();

        state.ShouldAllBe(p => p.Value.Equals(again.state_dict()[p.Key]));
        state["linear.weight"].Equals(other.state_dict()["linear.weight"]).ShouldBeFalse();
        Bound(state["layer1.0.conv1.weight"]).ShouldBeInRange(0.9 / 6, 1.0 / 6); // fan-in 4·3·3
        Bound(state["layer2.0.shortcut.0.weight"]).ShouldBeInRange(0.9 / 2, 1.0 / 2); // fan-in 4
        Bound(state["linear.bias"]).ShouldBeLessThanOrEqualTo(1 / Math.Sqrt(32));
        state["layer1.0.bn1.weight"].eq(1).all().item<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("preactresnet18-w0")]
    [InlineData("preactresnet18-w9999")]
    [InlineData("preactresnet18-16")]
    [InlineData("")]
    public void Create_OfAnUnknownName_SaysWhatThereIs(string name) =>
        Should.Throw<ArgumentException>(() => ClassifierNetworks.Create(name, 10, new Generator(1))).Message.ShouldContain("preactresnet18-wN");

    private static double Bound(Tensor weight) => weight.abs().max().item<float>();
}
