using MixPolicy.Ppo.Optimisation;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Networks;

/// <summary>
/// A network over the set of images of a batch (Zaheer et al. 2017, "Deep sets"): whatever the order of the images, each gets the same bins, and neither
/// their number nor that of the classes is part of it.
/// <list type="number">
/// <item>x_i: what is seen of image i and of its partner (<see cref="Features"/> numbers each, see <c>SetEncoding</c>), and λ.</item>
/// <item>e_i = tanh(A x_i + a); c = mean of e over the batch; h_i = tanh(E e_i + C c + b).</item>
/// <item>Logits of image i's bins: O h_i + o. Of the method: M c + m. Value: v tanh(V c + w) + u.</item>
/// </list>
/// Orthogonal weights with gain √2, 0.01 where the logits come out, 1 where the value does; biases 0.
/// </summary>
/// <param name="Methods">0 where none is chosen.</param>
internal sealed record SetShape(int Patches, int Bins, int Methods)
{
    public const int Width = 64;

    /// <summary>Numbers of one image besides its saliency: concentration, largest patch, loss, entropy, margin.</summary>
    public const int Scalars = 5;

    /// <summary>Numbers of one image.</summary>
    public int Features => (Patches * Patches) + Scalars;

    /// <summary>x: its own, its partner's, λ.</summary>
    public int Inputs => (2 * Features) + 1;

    public IReadOnlyList<InitialParameter> Initial(RandomStream random)
    {
        var gain = Math.Sqrt(2);
        List<InitialParameter> all =
        [
            Orthogonal.Weight("images.0.weight", Width, Inputs, gain, random), Bias("images.0.bias", Width),
            Orthogonal.Weight("images.1.own.weight", Width, Width, gain, random),
            Orthogonal.Weight("images.1.batch.weight", Width, Width, gain, random), Bias("images.1.bias", Width),
            Orthogonal.Weight("bins.weight", Bins, Width, 0.01, random), Bias("bins.bias", Bins),
            Orthogonal.Weight("value.0.weight", Width, Width, gain, random), Bias("value.0.bias", Width),
            Orthogonal.Weight("value.1.weight", 1, Width, 1, random), Bias("value.1.bias", 1),
        ];
        return Methods > 0 ? [.. all, Orthogonal.Weight("methods.weight", Methods, Width, 0.01, random), Bias("methods.bias", Methods)] : all;
    }

    private static InitialParameter Bias(string name, int size) => new(name, [size], new float[size]);
}
