using MixPolicy.V1;

namespace MixPolicy.Agent.Policies;

/// <summary>How policies are named to people: as in the spec.</summary>
public static class PolicyNames
{
    /// <summary>All names, in the order of the contract.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. AgentSpec.Descriptor.Oneofs.Single(oneof => oneof.Name == "policy").Fields.Select(field => field.Name)];

    /// <param name="spec">Defaults filled in.</param>
    public static string KindOf(AgentSpec spec) => AgentSpec.Descriptor.FindFieldByNumber((int)spec.PolicyCase).Name;

    /// <summary>Names of the methods that a policy may choose, in the order of the contract.</summary>
    /// <param name="spec">Valid, defaults filled in.</param>
    public static IEnumerable<string> MethodsOf(AgentSpec spec)
    {
        IEnumerable<Method> methods = spec.PolicyCase switch
        {
            AgentSpec.PolicyOneofCase.Fixed => [spec.Fixed.Choice.Method],
            AgentSpec.PolicyOneofCase.Schedule => spec.Schedule.Entries.Select(entry => entry.Choice.Method),
            AgentSpec.PolicyOneofCase.RlMix => [Method.RMix],
            AgentSpec.PolicyOneofCase.RlMixSet when !spec.RlMixSet.ChooseMethod => [Method.RMix],
            _ => spec.ActionSpace.Methods,
        };
        return methods.Distinct().Order().Select(method => MethodTable.Get(method).Name);
    }
}
