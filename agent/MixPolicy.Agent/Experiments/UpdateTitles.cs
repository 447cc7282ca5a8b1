namespace MixPolicy.Agent.Experiments;

/// <summary>What the diagnostics of updates are called.</summary>
internal static class UpdateTitles
{
    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        ["losses/policy"] = "Policy loss",
        ["losses/value"] = "Value loss",
        ["losses/entropy"] = "Entropy",
        ["losses/approx_kl"] = "Approximate KL divergence",
        ["losses/clip_fraction"] = "Clipped fraction",
        ["losses/explained_variance"] = "Explained variance",
        ["charts/learning_rate"] = "Learning rate of the policy",
    };

    /// <summary>One without a title of its own goes by its name.</summary>
    public static string Of(string name) => Titles.GetValueOrDefault(name, name);
}
