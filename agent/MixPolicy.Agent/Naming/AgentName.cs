using MixPolicy.Agent.Contract;

namespace MixPolicy.Agent.Naming;

/// <summary>The resource name of an agent: <c>agents/{agent}</c>.</summary>
/// <param name="Id">The {agent}.</param>
public readonly record struct AgentName(string Id)
{
    public const string Form = "agents/{agent}";

    private const string Collection = "agents/";

    /// <summary>Stands for every agent where a request allows it.</summary>
    public static AgentName Any { get; } = new("-");

    /// <param name="field">The request field it comes from, for the error.</param>
    /// <exception cref="RefusalException">The text is not the name of an agent.</exception>
    public static AgentName Parse(string field, string text) =>
        TryParse(text, out var name) ? name : throw Refusal.Invalid(field, text, $"{Form}, {{agent}} as {ResourceId.Form}");

    /// <summary>Like <see cref="Parse"/>, and <c>agents/-</c>.</summary>
    public static AgentName ParseOrAny(string field, string text) => text == Any.ToString() ? Any : Parse(field, text);

    /// <exception cref="RefusalException">The text cannot be an {agent}.</exception>
    public static AgentName OfId(string field, string id) => new(ResourceId.Parse(field, id));

    public static bool TryParse(string text, out AgentName name)
    {
        name = new(text.StartsWith(Collection, StringComparison.Ordinal) ? text[Collection.Length..] : "");
        return ResourceId.IsValid(name.Id);
    }

    public override string ToString() => Collection + Id;
}
