using static TorchSharp.torch;

namespace MixPolicy.Ppo.Optimisation;

/// <summary>A parameter before training.</summary>
/// <param name="Values">Row-major.</param>
public sealed record InitialParameter(string Name, long[] Shape, float[] Values);

/// <summary>
/// The parameters of a network as views of one flat tensor, and their gradients as views of another. Autograd adds into the gradient views in
/// place, so that clearing, clipping and Adam are a few operations on one tensor, however many parameters there are: with networks this
/// small, the count of operations is the cost. The tensors belong to this object, not to a dispose scope.
/// </summary>
public sealed class FlatParameters : IDisposable
{
    private readonly List<(string Name, Tensor View)> _views = [];

    /// <param name="initial">With distinct names.</param>
    /// <param name="device">The CPU when null.</param>
    public FlatParameters(IReadOnlyList<InitialParameter> initial, Device? device = null)
    {
        using var scope = NewDisposeScope();

        // A copy: the tensor of an array lies in the array, wherever .NET put that, and how a matrix product rounds depends on the alignment of
        // its operands. libtorch's own memory is aligned, so that two learners with the same state make the same bits.
        Values = tensor(initial.SelectMany(parameter => parameter.Values).ToArray(), device: device).clone().DetachFromDisposeScope();
        Gradients = zeros_like(Values).DetachFromDisposeScope();
        var start = 0L;
        foreach (var (name, shape, values) in initial)
        {
            var view = Values.narrow(0, start, values.Length).view(shape);
            view.requires_grad_(true);
            view.grad = Gradients.narrow(0, start, values.Length).view(shape);
            _views.Add((name, view.DetachFromDisposeScope()));
            start += values.Length;
        }
    }

    /// <summary>All values, flat.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients, flat, in the same order.</summary>
    public Tensor Gradients { get; }

    /// <summary>The parameters by name, each a leaf of autograd.</summary>
    public IReadOnlyList<(string Name, Tensor View)> Views => _views;

    /// <summary>The parameter of that name.</summary>
    public Tensor this[string name] => _views.Single(view => view.Name == name).View;

    /// <summary>A copy of all values on the CPU.</summary>
    public float[] ToArray()
    {
        using var scope = NewDisposeScope();
        return Values.detach().cpu().data<float>().ToArray();
    }

    /// <summary>Flat values under the names and shapes of these parameters.</summary>
    /// <param name="flat">As many numbers as <see cref="Values"/>; the views are of it, in the dispose scope of the caller.</param>
    public Dictionary<string, Tensor> Name(Tensor flat)
    {
        var start = 0L;
        var named = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, view) in _views)
        {
            named.Add(name, flat.narrow(0, start, view.numel()).view(view.shape));
            start += view.numel();
        }

        return named;
    }

    public void Dispose()
    {
        _views.ForEach(view => view.View.Dispose());
        Values.Dispose();
        Gradients.Dispose();
    }
}
