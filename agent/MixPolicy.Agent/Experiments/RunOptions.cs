namespace MixPolicy.Agent.Experiments;

/// <summary>What runs can be filtered and grouped by: the values that there are, sorted.</summary>
/// <param name="Agents">Their {agent}s.</param>
/// <param name="Policies">Names of the kinds of policy.</param>
/// <param name="Methods">Sets of methods, as <see cref="RunFilter.Methods"/> takes them.</param>
/// <param name="Labels">By key. Keys with more values than anyone would pick from are left out.</param>
public sealed record RunOptions(
    IReadOnlyList<string> Agents,
    IReadOnlyList<string> Datasets,
    IReadOnlyList<string> Networks,
    IReadOnlyList<string> Policies,
    IReadOnlyList<string> Methods,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Labels);
