using static TorchSharp.torch;

namespace MixPolicy.Ppo.Learning;

/// <summary>Whether tensors from outside can be taken over.</summary>
internal static class TensorFit
{
    /// <summary>The first difference in names, types or shapes, or a number that is not finite; null where there is none.</summary>
    public static string? Difference(IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, Tensor> saved)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (name, tensor) in own)
        {
            if (!saved.TryGetValue(name, out var found) || !found.shape.SequenceEqual(tensor.shape) || found.dtype != tensor.dtype)
            {
                var what = found is null ? "is missing" : $"is {found.dtype} [{string.Join(",", found.shape)}]";
                return $"tensor {name} {what}; needed is {tensor.dtype} [{string.Join(",", tensor.shape)}]";
            }

            if (!found.isfinite().all().item<bool>())
            {
                return $"tensor {name} has a number that is not finite";
            }
        }

        return saved.Keys.FirstOrDefault(name => !own.ContainsKey(name)) is { } stranger ? $"tensor {stranger} is of a network that this one is not" : null;
    }
}
