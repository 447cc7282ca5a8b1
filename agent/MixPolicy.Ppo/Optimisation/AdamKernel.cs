using System.Numerics;
using System.Runtime.InteropServices;

namespace MixPolicy.Ppo.Optimisation;

/// <summary>A step of Adam in one pass over memory on the CPU: ten tensor operations would read and write millions of parameters ten times.</summary>
internal static class AdamKernel
{
    /// <param name="gradientScale">Multiplies every gradient first.</param>
    /// <param name="stepSize">lr/(1 − β₁ᵗ)</param>
    /// <param name="correction">1/√(1 − β₂ᵗ)</param>
    public static void Step(
        Span<float> values, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, float gradientScale, double beta1, double beta2, double epsilon, float stepSize, float correction)
    {
        var vp = MemoryMarshal.Cast<float, Vector<float>>(values);
        var vg = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        var vm = MemoryMarshal.Cast<float, Vector<float>>(first);
        var vv = MemoryMarshal.Cast<float, Vector<float>>(second);
        var (scale, decay1, decay2) = (new Vector<float>(gradientScale), new Vector<float>((float)beta1), new Vector<float>((float)beta2));
        var (gain1, gain2) = (new Vector<float>((float)(1 - beta1)), new Vector<float>((float)(1 - beta2)));
        var (step, correct, small) = (new Vector<float>(stepSize), new Vector<float>(correction), new Vector<float>((float)epsilon));
        for (var i = 0; i < vp.Length; i++)
        {
            // m ← β₁ m + (1 − β₁) g     v ← β₂ v + (1 − β₂) g²     θ ← θ − step · m/(√v · correction + ε)
            var g = vg[i] * scale;
            vm[i] = (decay1 * vm[i]) + (gain1 * g);
            vv[i] = (decay2 * vv[i]) + (gain2 * g * g);
            vp[i] -= step * vm[i] / ((Vector.SquareRoot(vv[i]) * correct) + small);
        }

        for (var i = vp.Length * Vector<float>.Count; i < values.Length; i++)
        {
            var g = gradients[i] * gradientScale;
            first[i] = (decay1[0] * first[i]) + (gain1[0] * g);
            second[i] = (decay2[0] * second[i]) + (gain2[0] * g * g);
            values[i] -= stepSize * first[i] / ((MathF.Sqrt(second[i]) * correction) + small[0]);
        }
    }
}
