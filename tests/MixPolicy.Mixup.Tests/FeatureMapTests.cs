using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests;

public sealed class FeatureMapTests
{
    [Fact]
    public void Compute_StagedNetwork_IsTheMeanSizeOfItsLastFeatures()
    {
        using var scope = NewDisposeScope();
        using var network = new Staged();
        network.eval();
        var images = randn([2, 3, 4, 4], generator: new Generator(1));

        var map = FeatureMap.Compute(network, images);

        // The last features are the images times 2, batch norm aside, which is not part of them.
        map.ShouldBeClose((images * 2).abs().mean([1]), 1e-6, 1e-6, "map");
        map.requires_grad.ShouldBeFalse();
        network.training.ShouldBeFalse();
        network.Norm.running_mean!.ShouldBeClose(zeros(3), 0, 0, "running mean");
    }

    [Fact]
    public void Compute_NetworkWithoutStages_IsRefused()
    {
        using var network = nn.Sequential(nn.Flatten(), nn.Linear(48, 2));
        using var images = zeros(1, 3, 4, 4);

        Should.Throw<ArgumentException>(() => FeatureMap.Compute(network, images)).Message.ShouldContain("IStagedNetwork");
    }

    private sealed class Staged : nn.Module<Tensor, Tensor>, IStagedNetwork
    {
        public Staged() : base(nameof(Staged))
        {
            Norm = nn.BatchNorm2d(3);
            register_module("norm", Norm);
        }

        public TorchSharp.Modules.BatchNorm2d Norm { get; }

        int IStagedNetwork.Places => 2;

        public override Tensor forward(Tensor input) => ((IStagedNetwork)this).Forward(input, 1, features => features);

        Tensor IStagedNetwork.Forward(Tensor images, int place, Func<Tensor, Tensor> mix)
        {
            using var inner = NewDisposeScope();
            var features = (place == 0 ? mix(images) : images) * 2;
            return Norm.call(place == 1 ? mix(features) : features).mean([2, 3]).MoveToOuterDisposeScope();
        }
    }
}
