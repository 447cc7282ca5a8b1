using MixPolicy.Mixup;
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

    [Fact]
    public void Forward_MixingNothingAtAnyPlace_IsTheForwardPass()
    {
        using var scope = NewDisposeScope();
        using var network = ClassifierNetworks.Create("preactresnet18-w4", 10, new Generator(5));
        var staged = (IStagedNetwork)network;
        var images = randn([4, 3, 32, 32], generator: new Generator(2));
        long[][] shapes = [[4, 3, 32, 32], [4, 4, 32, 32], [4, 8, 16, 16], [4, 16, 8, 8], [4, 32, 4, 4]];
        staged.Places.ShouldBe(shapes.Length);
        for (var place = 0; place < shapes.Length; place++)
        {
            var calls = 0;
            var logits = staged.Forward(images, place, hidden =>
            {
                calls++;
                hidden.shape.ShouldBe(shapes[place]);
                return hidden;
            });

            calls.ShouldBe(1);
            logits.Equals(network.call(images)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Forward_MixedAtAPlace_GivesTheLogitsOfTheMix()
    {
        using var scope = NewDisposeScope();
        using var network = ClassifierNetworks.Create("preactresnet18-w4", 10, new Generator(5));
        network.eval();
        var staged = (IStagedNetwork)network;
        var images = randn([2, 3, 32, 32], generator: new Generator(2));

        // All of the partner: the logits change places.
        var swapped = staged.Forward(images, 2, hidden => hidden.flip(0));

        swapped.allclose(network.call(images).flip(0), atol: 1e-5).ShouldBeTrue();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public void Forward_AtNoPlace_IsRefused(int place)
    {
        using var network = ClassifierNetworks.Create("preactresnet18-w4", 10, new Generator(5));
        using var images = zeros(2, 3, 32, 32);

        Should.Throw<ArgumentOutOfRangeException>(() => ((IStagedNetwork)network).Forward(images, place, hidden => hidden));
    }

    private static double Bound(Tensor weight) => weight.abs().max().item<float>();
}
