using System.Text.RegularExpressions;
using MixPolicy.Agent.Contract;

namespace MixPolicy.Agent.Naming;

/// <summary>The last part of a resource name, chosen by the client.</summary>
internal static partial class ResourceId
{
    public const string Form = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

    public static bool IsValid(string id) => Pattern().IsMatch(id);

    public static string Parse(string field, string id) => IsValid(id) ? id : throw Refusal.Invalid(field, id, Form);

    [GeneratedRegex($@"\A{Form}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
