using MixPolicy.Torch;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests.Package;

/// <summary>The usage sample of the package's README, line by line.</summary>
internal static class Sample
{
    public static (MixedBatch Mixed, Tensor Loss, nn.Module<Tensor, Tensor> Network) Run()
    {
        TorchRuntime.Load();
        var generator = new Generator(1);
        var network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 10));
        var images = randn([64, 3, 32, 32], generator: generator);
        var labels = nn.functional.one_hot(randint(0, 10, [64], int64, generator: generator), 10).to(float32);
        var method = MixupMethods.ByName("rmix");
        var saliency = Saliency.Compute(network, images, labels).Map;
        var mixed = method.Mix(new(images, labels, saliency), method.Published, generator);
        var loss = -(mixed.Labels * nn.functional.log_softmax(network.call(mixed.Images), 1)).sum(1).mean();
        loss.backward();
        return (mixed, loss, network);
    }
}
