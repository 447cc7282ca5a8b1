using System.Numerics;
using System.Runtime.InteropServices;
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
            var vector = new double[length];
            for (var k = 0; k < length; k++)
            {
                vector[k] = random.Gaussian();
            }

            // Twice: one pass leaves what rounding adds back when the vector nearly lies in the span of the others.
            for (var pass = 0; pass < 2; pass++)
            {
                for (var other = 0; other < i; other++)
                {
                    AddScaled(vector, basis[other], -Dot(vector, basis[other]));
                }
            }

            var norm = Math.Sqrt(Dot(vector, vector));
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

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var va = MemoryMarshal.Cast<double, Vector<double>>(a);
        var vb = MemoryMarshal.Cast<double, Vector<double>>(b);
        var sums = Vector<double>.Zero;
        for (var i = 0; i < va.Length; i++)
        {
            sums += va[i] * vb[i];
        }

        var sum = Vector.Sum(sums);
        for (var i = va.Length * Vector<double>.Count; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>a ← a + scale b.</summary>
    private static void AddScaled(Span<double> a, ReadOnlySpan<double> b, double scale)
    {
        var va = MemoryMarshal.Cast<double, Vector<double>>(a);
        var vb = MemoryMarshal.Cast<double, Vector<double>>(b);
        for (var i = 0; i < va.Length; i++)
        {
            va[i] += vb[i] * scale;
        }

        for (var i = va.Length * Vector<double>.Count; i < a.Length; i++)
        {
            a[i] += b[i] * scale;
        }
    }
}
