using MixPolicy.Trainer.Reporting.Charts;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Reporting;

/// <summary>How the policy learned: its diagnostics by update.</summary>
internal static class UpdateSection
{
    private const int FewestToDraw = 3;

    private static readonly (string Key, string Title)[] Shown =
    [
        ("losses/policy", "Policy loss"),
        ("losses/value", "Value loss"),
        ("losses/entropy", "Entropy"),
        ("losses/approx_kl", "Approximate KL divergence"),
        ("losses/clip_fraction", "Clipped fraction"),
        ("losses/explained_variance", "Explained variance"),
    ];

    internal static string Of(IReadOnlyList<PolicyUpdate> updates)
    {
        var charts = Shown.Where(s => updates.Any(u => u.Diagnostics.ContainsKey(s.Key))).Select(s => Chart(updates, s.Key, s.Title)).ToArray();
        return charts.Length == 0
            ? ""
            : updates.Count < FewestToDraw
            ? $"<h2>Policy updates</h2>{Words(updates)}"
            : $"""
                <h2>Policy updates</h2>
                <p>The policy was updated {updates.Count} times during this run. With so few decisions a run, one run shows a beginning; an agent that serves many runs goes on from here.</p>
                <div class="three">{string.Concat(charts)}</div>
                """;
    }

    private static string Words(IReadOnlyList<PolicyUpdate> updates)
    {
        var rows = updates.Select((update, k) => $"<tr><td>{k}</td>{string.Concat(Shown.Select(s => $"<td>{HtmlReport.Number(update.Diagnostics.TryGetValue(s.Key, out var value) ? value : null, "0.#####")}</td>"))}</tr>");
        return $"""
            <p>The policy was updated {(updates.Count == 1 ? "once" : "twice")} during this run: it has barely begun to learn. An agent that serves many runs goes on from here.</p>
            <div class="card scroll"><table><thead><tr><th>update</th>{string.Concat(Shown.Select(s => $"<th>{s.Title}</th>"))}</tr></thead><tbody>{string.Concat(rows)}</tbody></table></div>
            """;
    }

    private static string Chart(IReadOnlyList<PolicyUpdate> updates, string key, string title)
    {
        var series = new Series(title, "var(--a)", [.. updates.Select(u => u.Diagnostics.TryGetValue(key, out var value) ? value : (double?)null)]);
        return HtmlReport.Card(title, "", LineChart.Draw(title, [series], Axis.Around([series], "0.#####"), "update", null, 360, 170));
    }
}
