using MixPolicy.Torch.Checkpoints;
using MixPolicy.V1;

namespace MixPolicy.Agent.Policies;

/// <summary>The policies by the name they have in the spec.</summary>
public static class PolicyFactory
{
    /// <param name="spec">A valid spec, defaults filled in.</param>
    /// <param name="saved">Where an earlier one saved its state; null to begin.</param>
    public static IPolicy Create(AgentSpec spec, ChoiceSpace space, CheckpointReader? saved) => spec.PolicyCase switch
    {
        AgentSpec.PolicyOneofCase.Ppo => new ActorCriticPolicy(space, spec.Ppo, spec.Seed, saved),
        AgentSpec.PolicyOneofCase.Random => new UniformPolicy(space),
        AgentSpec.PolicyOneofCase.Fixed => new ScheduledPolicy([new() { FromInterval = 0, Choice = spec.Fixed.Choice }]),
        AgentSpec.PolicyOneofCase.Schedule => new ScheduledPolicy(spec.Schedule.Entries),
        AgentSpec.PolicyOneofCase.Bandit => new ThompsonPolicy(space, spec.Bandit, saved),
        // The epochs of an agent with a batch policy: what is to be decided is decided batch by batch.
        AgentSpec.PolicyOneofCase.RlMix or AgentSpec.PolicyOneofCase.RlMixSet => new ScheduledPolicy([new() { FromInterval = 0, Choice = BatchPolicies.EpochChoice(spec) }]),
        _ => throw new InvalidOperationException($"No policy named {spec.PolicyCase}."),
    };
}
