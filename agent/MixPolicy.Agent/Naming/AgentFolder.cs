using System.Globalization;
using System.Text.RegularExpressions;
using MixPolicy.Agent.Log;

namespace MixPolicy.Agent.Naming;

/// <summary>How folders that belong to an agent are named: by its id and incarnation, so that an agent of the same name never finds what a deleted one has left.</summary>
internal static partial class AgentFolder
{
    public static string NameOf(AgentRow agent) => NameOf(agent.Id, agent.Incarnation);

    public static string NameOf(string id, Guid incarnation) => string.Create(CultureInfo.InvariantCulture, $"{id}.{incarnation:N}");

    /// <summary>Whether a folder can be one of those.</summary>
    public static bool IsName(string name) => Pattern().IsMatch(name);

    [GeneratedRegex($@"\A{ResourceId.Form}\.[0-9a-f]{{32}}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
