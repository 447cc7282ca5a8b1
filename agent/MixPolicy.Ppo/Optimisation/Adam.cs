using static TorchSharp.torch;

namespace MixPolicy.Ppo.Optimisation;

/// <summary>
/// Adam (Kingma and Ba 2015) with ε 1e-5, as PPO implementations use it, on <see cref="FlatParameters"/>. TorchSharp's own makes about
/// ten small operations a parameter; this makes ten in all, and its state can be written in any format.
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
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var g = _parameters.Gradients;
        Steps++;

        // m ← β₁ m + (1 − β₁) g          v ← β₂ v + (1 − β₂) g²
        FirstMoment.mul_(Beta1).add_(g, alpha: 1 - Beta1);
        SecondMoment.mul_(Beta2).addcmul_(g, g, 1 - Beta2);

        // θ ← θ − lr/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
        var denominator = SecondMoment.sqrt().div_(Math.Sqrt(1 - Math.Pow(Beta2, Steps))).add_(Epsilon);
        _parameters.Values.addcdiv_(FirstMoment, denominator, -learningRate / (1 - Math.Pow(Beta1, Steps)));
    }

    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }
}
