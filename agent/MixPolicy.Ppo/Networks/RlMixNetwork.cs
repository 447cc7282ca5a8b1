using MixPolicy.Ppo.Optimisation;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MixPolicy.Ppo.Networks;

/// <summary>The differentiable side of <see cref="RlMixShape"/>, for the update.</summary>
internal sealed class RlMixNetwork : IDisposable
{
    private readonly RlMixShape _shape;

    public RlMixNetwork(RlMixShape shape, RandomStream random)
    {
        _shape = shape;
        Parameters = new(shape.Initial(random));
    }

    public FlatParameters Parameters { get; }

    /// <param name="saliency">N × B × P × P.</param>
    /// <param name="logits">N × B × (K + 1): a 1 behind the logits of each image, which the bias of their layer multiplies.</param>
    /// <returns>N × B·bins logits, and N values.</returns>
    public (Tensor ActionParameters, Tensor Values) Forward(Tensor saliency, Tensor logits)
    {
        var (rows, images) = (saliency.shape[0], _shape.Images);
        var picture = Convolve(Convolve(saliency, "saliency.0"), "saliency.1");

        // h_b = V (W x_b + c) for each image b, summed: V's columns are B blocks of 256.
        var layer = cat([this["logits.weight"], this["logits.bias"].unsqueeze(1)], 1);
        var second = this["features.logits.weight"];
        var ofLogits = _shape.JoinsLogitLayers
            ? linear(logits.view(rows, -1), matmul(second.view(RlMixShape.Width * images, RlMixShape.Width), layer).view(RlMixShape.Width, -1))
            : linear(linear(logits, layer).view(rows, -1), second);
        var features = linear(picture.flatten(1), this["features.saliency.weight"], this["features.bias"]).add_(ofLogits).relu_();
        return (Head("policy", features), Head("value", features).squeeze(1));
    }

    public void Dispose() => Parameters.Dispose();

    private Tensor this[string name] => Parameters[name];

    /// <summary>
    /// A convolution and ReLU. libtorch 2.10's own for few samples, on one thread, at times gives NaN on a processor that NNPACK does not support; from 16
    /// samples on it always takes oneDNN's. Below, the convolution is one matrix product over what the kernel sees at each position.
    /// </summary>
    /// <param name="channels">N × channels × S × S.</param>
    /// <returns>N × filters × S' × S'.</returns>
    private Tensor Convolve(Tensor channels, string name)
    {
        const int OneDnnSamples = 16;
        var (weight, bias) = (this[$"{name}.weight"], this[$"{name}.bias"]);
        if (channels.shape[0] >= OneDnnSamples)
        {
            return conv2d(channels, weight, bias).relu_();
        }

        var (kernel, side) = (weight.shape[2], channels.shape[2] - weight.shape[2] + 1);
        var patches = unfold(channels, kernel).transpose(1, 2).reshape(-1, weight.numel() / weight.shape[0]);
        return linear(patches, weight.flatten(1), bias).relu_().view(-1, side, side, weight.shape[0]).permute(0, 3, 1, 2);
    }

    private Tensor Head(string name, Tensor features)
    {
        var hidden = linear(features, this[$"{name}.0.weight"], this[$"{name}.0.bias"]).tanh_();
        hidden = linear(hidden, this[$"{name}.1.weight"], this[$"{name}.1.bias"]).tanh_();
        return linear(hidden, this[$"{name}.2.weight"], this[$"{name}.2.bias"]);
    }
}
