using System.CommandLine;

namespace MixPolicy.Cli.Commands;

/// <summary>Names of agents and runs, with or without the words before them.</summary>
internal static class Names
{
    private const string Agents = "agents/";

    public static Argument<string> Agent() => new("agent") { Description = "agents/X, or X." };

    /// <summary>agents/X of X. What else may be wrong with it, the service says.</summary>
    public static string Full(string agent) => agent.StartsWith(Agents, StringComparison.Ordinal) ? agent : Agents + agent;
}
