using TorchSharp;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Optimization;

/// <summary>
/// Stochastic gradient descent with Nesterov momentum and L2 weight decay, step for step as PyTorch's SGD with nesterov=True. The momentum buffers are
/// named tensors, so that they can be saved.
/// </summary>
public sealed class Sgd : IDisposable
{
    private readonly (string Name, Tensor Parameter, Tensor Momentum)[] _slots;
    private readonly Scalar _weightDecay;
    private readonly Scalar _one = 1;

    /// <param name="parameters">What is optimised; biases and batch-norm weights decay too, as in the published code.</param>
    /// <param name="weightDecay">≥ 0.</param>
    public Sgd(IEnumerable<(string Name, TorchSharp.Modules.Parameter Parameter)> parameters, double weightDecay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weightDecay);
        _weightDecay = weightDecay;
        _slots = [.. parameters.Select(p => (p.Name, (Tensor)p.Parameter, zeros_like(p.Parameter, requires_grad: false).DetachFromDisposeScope()))];
    }

    /// <summary>The momentum buffers by parameter name; they belong to this object.</summary>
    public IReadOnlyDictionary<string, Tensor> Momentum => _slots.ToDictionary(s => s.Name, s => s.Momentum, StringComparer.Ordinal);

    /// <summary>Euclidean norm of all gradients together, a scalar tensor on their device, in the dispose scope of the caller.</summary>
    public Tensor GradientNorm()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return stack(_slots.Select(s => s.Parameter.grad is { } g ? g.norm() : zeros([], device: s.Parameter.device))).norm().MoveToOuterDisposeScope();
    }

    /// <summary>Applies the gradients and drops them.</summary>
    public void Step(SgdSettings settings)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();

        // Without the 1, TorchSharp makes one for every call.
        Scalar momentum = settings.Momentum, minusRate = -settings.LearningRate;
        foreach (var (_, parameter, buffer) in _slots)
        {
            if (parameter.grad is not { } gradient)
            {
                continue;
            }

            gradient.add_(parameter, _weightDecay);     // g ← g + wd·p
            buffer.mul_(momentum).add_(gradient, _one); // v ← m·v + g
            gradient.add_(buffer, momentum);            // g ← g + m·v
            parameter.add_(gradient, minusRate);        // p ← p − lr·g
            parameter.grad = null;
        }
    }

    /// <summary>Drops gradients that are not to be applied.</summary>
    public void DropGradients()
    {
        foreach (var (_, parameter, _) in _slots)
        {
            parameter.grad = null;
        }
    }

    public void Dispose()
    {
        foreach (var (_, _, buffer) in _slots)
        {
            buffer.Dispose();
        }
    }
}
