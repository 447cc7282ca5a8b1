using MixPolicy.V1;

namespace MixPolicy.Agent.Learning.Validation;

/// <summary>How methods are named in messages: as on the wire.</summary>
internal static class MethodRules
{
    public static string Allowed { get; } = string.Join(
        ", ",
        Policies.MethodTable.All.Select(entry => Text(entry.Method)));

    public static string Text(Method method) => DecisionsReflection.Descriptor.EnumTypes
        .Single(type => type.Name == "Method").FindValueByNumber((int)method)?.Name ?? Violation.Text((int)method);
}
