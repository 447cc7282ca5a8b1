using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Optimisation;

/// <summary>
/// Adam (Kingma and Ba 2015) with ε 1e-5, as PPO implementations use it, on <see cref="FlatParameters"/>. TorchSharp's own makes about
/// ten small operations a parameter; this makes one pass over all of them, and its state can be written in any format.
/// </summary>
public sealed class Adam : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-5;

    private readonly FlatParameters _parameters;

    public Adam(FlatParameters parameters)
    {
        _parameters = parameters;
        FirstMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
        SecondMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
    }

    /// <summary>m: running mean of the gradient, flat.</summary>
    public Tensor FirstMoment { get; }

    /// <summary>v: running mean of its square, flat.</summary>
    public Tensor SecondMoment { get; }

    /// <summary>t: steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>One step along the gradients that lie in the parameters.</summary>
    /// <param name="gradientScale">Multiplies them, for clipping by their norm.</param>
    public void Step(double learningRate, double gradientScale = 1)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Steps++;

        // θ ← θ − lr/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
        var stepSize = learningRate / (1 - Math.Pow(Beta1, Steps));
        var correction = 1 / Math.Sqrt(1 - Math.Pow(Beta2, Steps));
        if (_parameters.Values.device_type == DeviceType.CPU)
        {
            AdamKernel.Step(
                Numbers(_parameters.Values), Numbers(_parameters.Gradients), Numbers(FirstMoment), Numbers(SecondMoment),
                (float)gradientScale, Beta1, Beta2, Epsilon, (float)stepSize, (float)correction);
            return;
        }

        // m ← β₁ m + (1 − β₁) g          v ← β₂ v + (1 − β₂) g²
        var g = _parameters.Gradients * gradientScale;
        FirstMoment.mul_(Beta1).add_(g, alpha: 1 - Beta1);
        SecondMoment.mul_(Beta2).addcmul_(g, g, 1 - Beta2);
        _parameters.Values.addcdiv_(FirstMoment, SecondMoment.sqrt().mul_(correction).add_(Epsilon), -stepSize);
    }

    /// <summary>As before the first step.</summary>
    public void Reset()
    {
        FirstMoment.zero_();
        SecondMoment.zero_();
        Steps = 0;
    }

    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }

    private static Span<float> Numbers(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
