using MixPolicy.V1;

namespace MixPolicy.Client;

/// <summary>The methods of the wire by their names, which are those of the mixup library, the command line and the records.</summary>
public static class MethodNames
{
    private static readonly Dictionary<Method, string> ByMethod = new()
    {
        [Method.Vanilla] = "vanilla",
        [Method.InputMixup] = "input-mixup",
        [Method.Cutmix] = "cutmix",
        [Method.RMix] = "rmix",
        [Method.RMixChooseLeast] = "rmix-choose-least",
        [Method.CutTopPaste] = "cut-top-paste",
        [Method.CutTopLeastPaste] = "cut-top-least-paste",
        [Method.PuzzleMix] = "puzzlemix",
        [Method.CoMixup] = "co-mixup",
        [Method.ManifoldMixup] = "manifold-mixup",
        [Method.SaliencyMix] = "saliencymix",
        [Method.ResizeMix] = "resizemix",
        [Method.Fmix] = "fmix",
        [Method.GridMix] = "gridmix",
        [Method.SmoothMix] = "smoothmix",
        [Method.AttentiveMix] = "attentivemix",
        [Method.GuidedMixup] = "guidedmixup",
    };

    /// <summary>All names, in the order of the enum.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ByMethod.Values];

    /// <exception cref="PolicyException">The agent chose a method this trainer does not know: it is newer.</exception>
    public static string Of(Method method) => ByMethod.TryGetValue(method, out var name)
        ? name
        : throw new PolicyException($"The agent chose method {method}, which this client does not know; it knows {string.Join(", ", All)}.");

    /// <summary>The name, or the number of a method that has none here: to be shown, not followed.</summary>
    internal static string Text(Method method) => ByMethod.TryGetValue(method, out var name) ? name : $"method {(int)method}";

    /// <summary>The method of a name; null if there is none.</summary>
    public static Method? Find(string name) => ByMethod.FirstOrDefault(entry => entry.Value == name) is { Value: not null } found ? found.Key : null;
}
