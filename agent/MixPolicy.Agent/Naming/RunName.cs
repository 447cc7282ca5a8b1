using System.Globalization;
using MixPolicy.Agent.Contract;

namespace MixPolicy.Agent.Naming;

/// <summary>The resource name of a run: <c>agents/{agent}/runs/{run}</c>.</summary>
/// <param name="Agent">The {agent}.</param>
/// <param name="Id">The {run}.</param>
public readonly record struct RunName(string Agent, string Id)
{
    public const string Form = "agents/{agent}/runs/{run}";

    private const string Collection = "/runs/";

    /// <param name="field">The request field it comes from, for the error.</param>
    /// <exception cref="RefusalException">The text is not the name of a run.</exception>
    public static RunName Parse(string field, string text) =>
        TryParse(text, out var name) ? name : throw Refusal.Invalid(field, text, $"{Form}, {{agent}} and {{run}} as {ResourceId.Form}");

    /// <exception cref="RefusalException">The text cannot be a {run}.</exception>
    public static RunName OfId(AgentName agent, string field, string id) => new(agent.Id, ResourceId.Parse(field, id));

    public static bool TryParse(string text, out RunName name)
    {
        name = default;
        var split = text.IndexOf(Collection, StringComparison.Ordinal);
        if (split < 0 || !AgentName.TryParse(text[..split], out var agent) || !ResourceId.IsValid(text[(split + Collection.Length)..]))
        {
            return false;
        }

        name = new(agent.Id, text[(split + Collection.Length)..]);
        return true;
    }

    /// <summary>The name of the decision for an interval.</summary>
    public string Decision(int interval) => string.Create(CultureInfo.InvariantCulture, $"{this}/decisions/{interval}");

    public override string ToString() => $"{new AgentName(Agent)}{Collection}{Id}";
}
