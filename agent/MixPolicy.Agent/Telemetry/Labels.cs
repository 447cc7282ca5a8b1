using MixPolicy.V1;

namespace MixPolicy.Agent.Telemetry;

/// <summary>The labels of measurements and spans. All but an agent's name have a handful of values.</summary>
public static class Labels
{
    public const string Policy = "mixpolicy.policy";
    public const string Scale = "mixpolicy.scale";
    public const string Method = "mixpolicy.method";
    public const string Agent = "mixpolicy.agent.name";
    public const string Run = "mixpolicy.run.name";
    public const string RunState = "mixpolicy.run.state";
    public const string Thread = "mixpolicy.thread";
    public const string Rpc = "rpc.method";

    /// <summary>Decisions for an interval of a run.</summary>
    public const string Epoch = "epoch";

    /// <summary>Decisions for one batch.</summary>
    public const string Batch = "batch";

    private static readonly Dictionary<Method, string> Methods =
        DecisionsReflection.Descriptor.EnumTypes.Single(type => type.Name == nameof(V1.Method)).Values
            .ToDictionary(value => (Method)value.Number, value => value.Name["METHOD_".Length..].ToLowerInvariant());

    /// <summary>As the contract names it, without prefix: <c>r_mix</c>.</summary>
    public static string Of(Method method) => Methods.GetValueOrDefault(method, "unknown");

    /// <summary>As the contract names the policy of an agent: <c>rl_mix</c>.</summary>
    public static string PolicyOf(AgentSpec spec) => AgentSpec.Descriptor.FindFieldByNumber((int)spec.PolicyCase)?.Name ?? "unknown";
}
