using MixPolicy.Ppo.Optimisation;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MixPolicy.Ppo.Networks;

/// <summary>The differentiable side of <see cref="SetShape"/>: several batches at once, of any sizes.</summary>
internal sealed class SetNetwork(SetShape shape, RandomStream random) : IDisposable
{
    public FlatParameters Parameters { get; } = new(shape.Initial(random));

    /// <summary>N batches with R images together.</summary>
    /// <param name="images">R × <see cref="SetShape.Inputs"/>.</param>
    /// <param name="batches">R: which batch, 0 to N − 1.</param>
    /// <param name="counts">N: images of each batch, as float32.</param>
    /// <returns>R × bins; N × methods, or null; N values.</returns>
    public (Tensor Bins, Tensor? Methods, Tensor Values) Forward(Tensor images, Tensor batches, Tensor counts)
    {
        var embedded = linear(images, this["images.0.weight"], this["images.0.bias"]).tanh();
        // c = Σ e / count. index_add adds row by row on the CPU, in order, so that its bits repeat.
        var context = zeros(counts.shape[0], SetShape.Width).index_add(0, batches, embedded, 1).div(counts.unsqueeze(1));
        var ofBatch = linear(context, this["images.1.batch.weight"], this["images.1.bias"]);
        var hidden = (linear(embedded, this["images.1.own.weight"]) + ofBatch.index_select(0, batches)).tanh();
        var value = linear(linear(context, this["value.0.weight"], this["value.0.bias"]).tanh(), this["value.1.weight"], this["value.1.bias"]);
        return (
            linear(hidden, this["bins.weight"], this["bins.bias"]),
            shape.Methods > 0 ? linear(context, this["methods.weight"], this["methods.bias"]) : null,
            value.squeeze(1));
    }

    public void Dispose() => Parameters.Dispose();

    private Tensor this[string name] => Parameters[name];
}
