using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MixPolicy.Ppo.Networks;

/// <summary>The few operations of acting, for one observation, in plain vectorised code: the same bits on every thread.</summary>
internal static class Kernels
{
    /// <summary>Σ a_i b_i; <paramref name="b"/> is at least as long as <paramref name="a"/>.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var va = MemoryMarshal.Cast<float, Vector<float>>(a);
        var vb = MemoryMarshal.Cast<float, Vector<float>>(b);

        // Four chains: one would wait for the latency of each addition.
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i <= va.Length - 4; i += 4)
        {
            s0 = Vector.FusedMultiplyAdd(va[i], vb[i], s0);
            s1 = Vector.FusedMultiplyAdd(va[i + 1], vb[i + 1], s1);
            s2 = Vector.FusedMultiplyAdd(va[i + 2], vb[i + 2], s2);
            s3 = Vector.FusedMultiplyAdd(va[i + 3], vb[i + 3], s3);
        }

        for (; i < va.Length; i++)
        {
            s0 = Vector.FusedMultiplyAdd(va[i], vb[i], s0);
        }

        var sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (var k = va.Length * Vector<float>.Count; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }

        return sum;
    }

    /// <summary>y = W x + b.</summary>
    /// <param name="weights">One row of x's length an output.</param>
    public static void Linear(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, ReadOnlySpan<float> x, Span<float> y)
    {
        for (var i = 0; i < y.Length; i++)
        {
            y[i] = Dot(weights.Slice(i * x.Length, x.Length), x) + bias[i];
        }
    }

    /// <summary>c[m, n] = Σ_k a[m, k] b[n, k] + bias[m]: four rows of b at a time, so that a row of a is loaded once for them.</summary>
    public static void Products(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> bias, int inner, Span<float> c)
    {
        var (rows, columns) = (a.Length / inner, b.Length / inner);
        for (var m = 0; m < rows; m++)
        {
            var row = a.Slice(m * inner, inner);
            var target = c.Slice(m * columns, columns);
            var n = 0;
            for (; n <= columns - 4; n += 4)
            {
                FourDots(row, b.Slice(n * inner, 4 * inner), inner, target.Slice(n, 4));
            }

            for (; n < columns; n++)
            {
                target[n] = Dot(row, b.Slice(n * inner, inner));
            }

            for (n = 0; n < columns; n++)
            {
                target[n] += bias[m];
            }
        }
    }

    public static void Relu(Span<float> x)
    {
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = MathF.Max(x[i], 0);
        }
    }

    public static void Tanh(Span<float> x)
    {
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = MathF.Tanh(x[i]);
        }
    }

    private static void FourDots(ReadOnlySpan<float> a, ReadOnlySpan<float> four, int inner, Span<float> sums)
    {
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var p0 = ref MemoryMarshal.GetReference(four);
        ref var p1 = ref Unsafe.Add(ref p0, inner);
        ref var p2 = ref Unsafe.Add(ref p0, 2 * inner);
        ref var p3 = ref Unsafe.Add(ref p0, 3 * inner);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i <= inner - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = Load(ref pa, i);
            s0 = Vector.FusedMultiplyAdd(x, Load(ref p0, i), s0);
            s1 = Vector.FusedMultiplyAdd(x, Load(ref p1, i), s1);
            s2 = Vector.FusedMultiplyAdd(x, Load(ref p2, i), s2);
            s3 = Vector.FusedMultiplyAdd(x, Load(ref p3, i), s3);
        }

        (sums[0], sums[1], sums[2], sums[3]) = (Vector.Sum(s0), Vector.Sum(s1), Vector.Sum(s2), Vector.Sum(s3));
        for (; i < inner; i++)
        {
            for (var n = 0; n < 4; n++)
            {
                sums[n] += a[i] * four[(n * inner) + i];
            }
        }

        static Vector<float> Load(ref float start, int offset) => Vector.LoadUnsafe(ref start, (nuint)offset);
    }
}
