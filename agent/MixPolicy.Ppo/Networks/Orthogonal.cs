using MixPolicy.Ppo.Optimisation;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Networks;

/// <summary>
/// Orthogonal initialisation (Saxe, McClelland and Ganguli 2014): the rows (or columns, whichever are fewer) are orthonormal, times a gain.
/// </summary>
internal static class Orthogonal
{
    /// <summary>Weights of <paramref name="outputs"/> × <paramref name="inputs"/>, uniform among the orthogonal ones: Gram-Schmidt on Gaussian vectors.</summary>
    public static InitialParameter Weight(string name, int outputs, int inputs, double gain, RandomStream random)
    {
        var (count, length) = (Math.Min(outputs, inputs), Math.Max(outputs, inputs));
        var basis = new double[count][];
        for (var i = 0; i < count; i++)
        {
            var vector = Enumerable.Range(0, length).Select(_ => random.Gaussian()).ToArray();

            // Twice: one pass leaves what rounding adds back when the vector nearly lies in the span of the others.
            for (var pass = 0; pass < 2; pass++)
            {
                foreach (var other in basis.Take(i))
                {
                    var projection = vector.Zip(other, (a, b) => a * b).Sum();
                    for (var k = 0; k < length; k++)
                    {
                        vector[k] -= projection * other[k];
                    }
                }
            }

            var norm = Math.Sqrt(vector.Sum(x => x * x));
            basis[i] = [.. vector.Select(x => x / norm)];
        }

        var weights = new float[outputs * inputs];
        for (var row = 0; row < outputs; row++)
        {
            for (var column = 0; column < inputs; column++)
            {
                weights[(row * inputs) + column] = (float)(gain * (outputs <= inputs ? basis[row][column] : basis[column][row]));
            }
        }

        return new(name, [outputs, inputs], weights);
    }
}
