using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Networks;

/// <summary>Initial weights from an explicit generator.</summary>
internal static class Initialisation
{
    /// <summary>
    /// Draws every convolution and linear layer again as PyTorch does by default: kaiming_uniform with a = √5, which is U(−1/√fan_in, 1/√fan_in),
    /// for weights and biases. Convolution weights end in channels-last memory order.
    /// </summary>
    internal static void PyTorchDefault(nn.Module network, Generator generator)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var module in network.modules())
        {
            switch (module)
            {
                case Conv2d conv:
                    Uniform(conv.weight, conv.weight.shape[1..].Aggregate(1L, (a, b) => a * b), generator);
                    conv.weight.set_(ChannelsLast.Of(conv.weight));
                    break;
                case Linear linear:
                    Uniform(linear.weight, linear.in_features, generator);
                    if (linear.bias is { } bias)
                    {
                        Uniform(bias, linear.in_features, generator);
                    }

                    break;
            }
        }
    }

    private static void Uniform(Tensor weight, long fanIn, Generator generator)
    {
        // a = √5: bound = gain·√(3/fan_in) = √(2/(1+5))·√(3/fan_in) = 1/√fan_in
        var bound = 1.0 / Math.Sqrt(fanIn);
        weight.uniform_(-bound, bound, generator);
    }
}
