using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Learning.Validation;
using MixPolicy.Agent.Policies;
using MixPolicy.Ppo.Batches;
using MixPolicy.V1;

namespace MixPolicy.Agent.Batches;

/// <summary>What a question must be for the policy of its agent.</summary>
/// <param name="spec">A valid spec with a batch policy, defaults filled in.</param>
internal sealed class BatchFit(AgentSpec spec)
{
    private readonly IReadOnlyList<Method> _methods = BatchPolicies.Methods(spec);

    public int Bins { get; } = BatchPolicies.Bins(spec);

    /// <exception cref="RefusalException">INVALID_ARGUMENT.</exception>
    public void Demand(BatchView view)
    {
        var violations = new Violations("observation");
        var (images, classes, patches) = spec.RlMix is { } published
            ? ((int?)published.Images, (int?)published.Classes, published.Patches)
            : (null, null, spec.RlMixSet.Patches);
        DemandEqual("images", view.Images, images, violations);
        DemandEqual("classes", view.Classes, classes, violations);
        DemandEqual("patches", view.Patches, patches, violations);
        if (spec.RlMixSet is { } set)
        {
            DemandLearnable(view, set, violations);
            DemandSet("losses", view.Losses, violations);
            DemandSet("partners", view.Partners, violations);
            DemandSet("lambda", view.Lambda, violations);
        }

        Refusal.ThrowIfAny(violations.List);
    }

    /// <summary>A decision that the trainer has drawn.</summary>
    /// <param name="version">Updates that the policy here has behind it.</param>
    /// <exception cref="RefusalException">INVALID_ARGUMENT.</exception>
    public BatchDraw DemandDrawn(BatchDecision taken, long batch, int images, long version)
    {
        var violations = new Violations("taken");
        DemandEqual("batch", taken.Batch, batch, violations);
        DemandEqual("bin_count", taken.BinCount, Bins, violations);
        DemandEqual("bins (length)", taken.Bins.Length, images, violations);
        var wrong = taken.Bins.Span.IndexOfAnyExceptInRange((byte)0, (byte)(Bins - 1));
        if (wrong >= 0)
        {
            violations.Range($"bins[{wrong}]", taken.Bins[wrong], 0, Bins - 1);
        }

        var method = _methods.Count == 0 ? -1 : _methods.ToList().IndexOf(taken.Method);
        if (_methods.Count == 0 ? taken.Method != Method.Unspecified : method < 0)
        {
            violations.Add(
                "method", MethodRules.Text(taken.Method),
                _methods.Count == 0 ? "unset: the policy chooses thresholds only" : string.Join(", ", _methods.Select(MethodRules.Text)));
        }

        violations.Range("policy_version", taken.PolicyVersion, 0, version);
        violations.Range("log_probability", taken.LogProbability, -1e6, 0);
        violations.Range("value", taken.Value, float.MinValue, float.MaxValue);
        Refusal.ThrowIfAny(violations.List);
        return new(taken.Bins.ToByteArray(), _methods.Count > 1 ? method : null, taken.PolicyVersion, taken.LogProbability, taken.Value);
    }

    /// <summary>A reward of a batch of so many images.</summary>
    /// <exception cref="RefusalException">INVALID_ARGUMENT.</exception>
    public void Demand(BatchEarning earning, int images)
    {
        if (earning.Rewards.Length == 1 || (spec.RlMixSet is not null && earning.Rewards.Length == images))
        {
            return;
        }

        throw Refusal.Invalid(
            [new("rewards", $"{earning.Rewards.Length} numbers for batch {earning.Batch}", spec.RlMixSet is null ? "1 number" : $"1 number, or {images}: one an image")]);
    }

    /// <summary>The method of a draw, as it is told.</summary>
    public Method MethodOf(BatchDraw draw) => _methods.Count == 0 ? Method.Unspecified : _methods[draw.Method ?? 0];

    private static void DemandEqual(string field, long value, long? wanted, Violations violations)
    {
        if (wanted is { } one && value != one)
        {
            violations.Add(field, Violation.Text(value), $"{one}, that of the agent's policy and the batch");
        }
    }

    /// <summary>A rollout of such batches can be kept, and a minibatch of them laid out.</summary>
    private static void DemandLearnable(BatchView view, V1.RlMixSetPolicy set, Violations violations)
    {
        // F numbers an image (SetEncoding); in a minibatch an image has its partner's and λ besides.
        var features = (view.Patches * view.Patches) + 6L;
        var ofImage = Math.Max(set.Ppo.Rollout * features, set.Ppo.Minibatch * 2 * features);
        if (view.Images * ofImage > BatchPolicyRules.MostLearned)
        {
            violations.Add(
                "images", Violation.Text(view.Images),
                $"at most {BatchPolicyRules.MostLearned / ofImage}, with rl_mix_set.ppo.rollout {set.Ppo.Rollout}, minibatch {set.Ppo.Minibatch} and {view.Patches} patches");
        }
    }

    private static void DemandSet(string field, object? value, Violations violations)
    {
        if (value is null)
        {
            violations.Add(field, "unset", "set: rl_mix_set sees it");
        }
    }
}
