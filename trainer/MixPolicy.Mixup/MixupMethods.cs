using MixPolicy.Mixup.Methods;

namespace MixPolicy.Mixup;

/// <summary>Every mixing method by name.</summary>
public static class MixupMethods
{
    public static IMixupMethod Vanilla { get; } = new Vanilla();

    public static IMixupMethod InputMixup { get; } = new InputMixup();

    public static IMixupMethod CutMix { get; } = new CutMix();

    public static IMixupMethod RMix { get; } = new RMix("rmix", RMixRule.ChooseTop);

    public static IMixupMethod PuzzleMix { get; } = new PuzzleMix();

    public static IMixupMethod CoMixup { get; } = new CoMixup();

    public static IReadOnlyList<IMixupMethod> All { get; } =
    [
        Vanilla,
        InputMixup,
        CutMix,
        RMix,
        new RMix("rmix-choose-least", RMixRule.ChooseLeast),
        new RMix("cut-top-paste", RMixRule.CutTopPaste),
        new RMix("cut-top-least-paste", RMixRule.CutTopLeastPaste),
        PuzzleMix,
        CoMixup,
        new ManifoldMixup(),
        new SaliencyMix(),
        new ResizeMix(),
        new FMix(),
        new GridMix(),
        new SmoothMix(),
        new AttentiveMix(),
        new GuidedMixup(),
    ];

    private static readonly (string Alias, string Name)[] Aliases =
    [
        ("none", "vanilla"), ("mixup", "input-mixup"), ("input", "input-mixup"), ("manifold", "manifold-mixup"), ("attentive-cutmix", "attentivemix"),
        ("guided", "guidedmixup"),
    ];

    private static readonly Dictionary<string, IMixupMethod> ByPlainName = All.Select(m => (m.Name, m))
        .Concat(Aliases.Select(a => (a.Alias, All.First(m => m.Name == a.Name))))
        .ToDictionary(p => Plain(p.Item1), p => p.Item2);

    /// <summary>
    /// The method of that name, or of its alias (<c>none</c> for vanilla; <c>mixup</c>, <c>input</c> for input mixup;
    /// <c>manifold</c>, <c>attentive-cutmix</c>, <c>guided</c>). Case, <c>-</c>, <c>_</c> and spaces do not matter.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such method; the message lists those there are.</exception>
    public static IMixupMethod ByName(string name) => ByPlainName.TryGetValue(Plain(name), out var method)
        ? method
        : throw new ArgumentException($"there is no mixup method '{name}'; allowed: {string.Join(", ", All.Select(m => m.Name))}", nameof(name));

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
