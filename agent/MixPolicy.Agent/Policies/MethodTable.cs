using MixPolicy.V1;

namespace MixPolicy.Agent.Policies;

/// <summary>What a mixup method needs of a decision.</summary>
/// <param name="Method">The method.</param>
/// <param name="Name">Its stable name in observations, diagnostics and messages.</param>
/// <param name="UsesLambda">It mixes by a ratio lambda. Where the published choice has none, it may be left unset: the method draws its own then.</param>
/// <param name="UsesThreshold">It selects pixels by a saliency percentile.</param>
/// <param name="Published">The choice its authors published for CIFAR.</param>
public sealed record MethodEntry(Method Method, string Name, bool UsesLambda, bool UsesThreshold, Choice Published);

/// <summary>The one table of methods: which heads each uses, and its published setting.</summary>
public static class MethodTable
{
    /// <summary>Every method, in the order of the enum.</summary>
    public static IReadOnlyList<MethodEntry> All { get; } =
    [
        Entry(Method.Vanilla, "vanilla", new()),
        // Zhang et al. 2018, CIFAR: alpha 1.
        Entry(Method.InputMixup, "input_mixup", new() { LambdaAlpha = 1 }),
        // Yun et al. 2019, CIFAR: alpha 1, on half of the batches.
        Entry(Method.Cutmix, "cutmix", new() { LambdaAlpha = 1, Probability = 0.5 }),
        // Luu et al. 2022, CIFAR-100: alpha 1, percentiles from linspace(0, 0.99, 10).
        Entry(Method.RMix, "r_mix", new() { LambdaAlpha = 1, ThresholdGrid = new() { Points = 10 } }),
        Entry(Method.RMixChooseLeast, "r_mix_choose_least", new() { LambdaAlpha = 1, ThresholdGrid = new() { Points = 10 } }),
        Entry(Method.CutTopPaste, "cut_top_paste", new() { ThresholdGrid = new() { Points = 10 } }),
        Entry(Method.CutTopLeastPaste, "cut_top_least_paste", new() { ThresholdGrid = new() { Points = 10 } }),
        // Kim et al. 2020, CIFAR-100: alpha 1.
        Entry(Method.PuzzleMix, "puzzle_mix", new() { LambdaAlpha = 1 }),
        Entry(Method.CoMixup, "co_mixup", new()),
        // Verma et al. 2019, CIFAR-100: alpha 2.
        Entry(Method.ManifoldMixup, "manifold_mixup", new() { LambdaAlpha = 2 }),
        // Uddin et al. 2021, CIFAR: alpha 1, on half of the batches.
        Entry(Method.SaliencyMix, "saliency_mix", new() { LambdaAlpha = 1, Probability = 0.5 }),
        // Qin et al. 2020, CIFAR: a scale drawn by the method, on half of the batches; a lambda takes its place.
        Entry(Method.ResizeMix, "resize_mix", new() { Probability = 0.5 }) with { UsesLambda = true },
        // Harris et al. 2020 and Baek et al. 2021: alpha 1.
        Entry(Method.Fmix, "fmix", new() { LambdaAlpha = 1 }),
        Entry(Method.GridMix, "grid_mix", new() { LambdaAlpha = 1 }),
        // Lee et al. 2020, CIFAR: likewise.
        Entry(Method.SmoothMix, "smooth_mix", new() { Probability = 0.5 }) with { UsesLambda = true },
        Entry(Method.AttentiveMix, "attentive_mix", new()),
        Entry(Method.GuidedMixup, "guided_mixup", new()),
    ];

    /// <summary>The methods of an action space that names none.</summary>
    public static IReadOnlyList<Method> Default { get; } = [Method.Vanilla, Method.InputMixup, Method.Cutmix, Method.RMix];

    /// <summary>The methods of an action space that names none, where thresholds are decided batch by batch.</summary>
    public static IReadOnlyList<Method> WithThreshold { get; } = [.. All.Where(entry => entry.UsesThreshold).Select(entry => entry.Method)];

    /// <summary>
    /// The methods that have an entry in observations: those of the contract's first edition, so that agents made then keep their networks and their logs
    /// replay. A later method shows as none of them.
    /// </summary>
    public static IReadOnlyList<MethodEntry> Observed { get; } = [.. All.Where(entry => entry.Method <= Method.CutTopLeastPaste)];

    /// <summary>The entry of <paramref name="method"/>, or null for a value that names no method.</summary>
    public static MethodEntry? Find(Method method) => All.FirstOrDefault(entry => entry.Method == method);

    /// <summary>The entry of a method known to be valid.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value names no method.</exception>
    public static MethodEntry Get(Method method) =>
        Find(method) ?? throw new ArgumentOutOfRangeException(nameof(method), method, $"Not a method; one of {string.Join(", ", All.Select(entry => entry.Name))}.");

    private static MethodEntry Entry(Method method, string name, Choice published)
    {
        published.Method = method;
        return new(
            method,
            name,
            published.LambdaCase != Choice.LambdaOneofCase.None,
            published.ThresholdCase != Choice.ThresholdOneofCase.None,
            published);
    }
}
