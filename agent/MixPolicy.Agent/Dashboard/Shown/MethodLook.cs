using MixPolicy.Agent.Policies;

namespace MixPolicy.Agent.Dashboard.Shown;

/// <summary>How a method is drawn: the same wherever it appears.</summary>
/// <param name="Name">As in the contract's tables: input_mixup.</param>
/// <param name="Title">For people.</param>
/// <param name="Color">CSS colour.</param>
/// <param name="Pattern">Drawn over the colour: 0 for none. Colours come again with another pattern, since people tell no more than eight apart.</param>
internal sealed record MethodLook(string Name, string Title, string Color, int Pattern)
{
    // After Okabe and Ito (2008), told apart with every kind of colour vision; some darker, so that each has contrast 3 with white and with the dark page.
    private static readonly string[] Colors = ["#7d7d7d", "#2077b4", "#cf7a00", "#009e73", "#c2609a", "#d1495b", "#3a9bd9", "#8f7ae5"];

    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        ["vanilla"] = "No mixing",
        ["input_mixup"] = "Input mixup",
        ["cutmix"] = "CutMix",
        ["r_mix"] = "R-Mix",
        ["r_mix_choose_least"] = "R-Mix, choose least",
        ["cut_top_paste"] = "Cut top, paste",
        ["cut_top_least_paste"] = "Cut top/least, paste",
        ["puzzle_mix"] = "PuzzleMix",
        ["co_mixup"] = "Co-Mixup",
        ["manifold_mixup"] = "Manifold mixup",
        ["saliency_mix"] = "SaliencyMix",
        ["resize_mix"] = "ResizeMix",
        ["fmix"] = "FMix",
        ["grid_mix"] = "GridMix",
        ["smooth_mix"] = "SmoothMix",
        ["attentive_mix"] = "AttentiveMix",
        ["guided_mixup"] = "GuidedMixup",
    };

    private static readonly Dictionary<string, MethodLook> Known = MethodTable.All.Index().ToDictionary(entry => entry.Item.Name, entry => Make(entry.Item.Name, entry.Index));

    /// <summary>A method of a newer version goes by its name.</summary>
    public static MethodLook Of(string name) => Known.TryGetValue(name, out var look) ? look : Make(name, Known.Count);

    private static MethodLook Make(string name, int index) => new(name, Titles.GetValueOrDefault(name, name), Colors[index % Colors.Length], index / Colors.Length);
}
