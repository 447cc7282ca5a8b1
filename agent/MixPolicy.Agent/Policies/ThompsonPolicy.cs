using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Randomness;
using MixPolicy.V1;

namespace MixPolicy.Agent.Policies;

/// <summary>
/// The policy `bandit`: discounted Thompson sampling (Raj and Kalyani, "Taming non-stationary bandits", 2017) over method x lambda bin x
/// threshold bin, with a Gaussian posterior of each arm's reward.
/// 1. Draw a mean from every arm's posterior; the arm with the largest is played.
/// 2. Inside its bins lambda and threshold are drawn uniformly, as `random` does over their whole ranges.
/// 3. Each reward discounts all evidence and is added to the arm that earned it.
/// Before the first reward all arms are equal, not all methods: one with more bins is played more often.
/// </summary>
public sealed class ThompsonPolicy : IPolicy
{
    private const string StatePart = "bandit";

    private readonly ChoiceSpace _space;
    private readonly double _discount;
    private readonly IReadOnlyList<BanditArm> _arms;
    private readonly BanditEvidence[] _evidence;
    private readonly Dictionary<string, int> _open;
    private BanditEvidence _all;

    public ThompsonPolicy(ChoiceSpace space, BanditPolicy settings, CheckpointReader? saved)
    {
        _space = space;
        _discount = settings.Discount;
        _arms = BanditArm.All(space, settings.LambdaBins, settings.ThresholdBins);
        var state = saved?.Json<State>(StatePart) ?? new(0, [.. _arms.Select(_ => BanditEvidence.None)], BanditEvidence.None, []);
        if (state.Arms.Length != _arms.Count)
        {
            throw new CheckpointException($"{saved?.Folder}: it holds a bandit of {state.Arms.Length} arms; this agent has {_arms.Count}.");
        }

        Version = state.Version;
        _evidence = state.Arms;
        _all = state.All;
        _open = new(state.Open, StringComparer.Ordinal);
    }

    public long Version { get; private set; }

    public Draw Decide(string run, int interval, float[] observation, ulong seed)
    {
        var random = new RandomStream(seed);
        var beliefs = _evidence.Select(evidence => evidence.Posterior(_all)).ToArray();
        var means = beliefs.Select(belief => belief.Mean + (belief.Deviation * random.Gaussian())).ToArray();
        var chosen = Array.IndexOf(means, means.Max());
        _open[run] = chosen;
        var arm = _arms[chosen];
        var choice = _space.Choose(arm.Method, arm.Lambda.At(random.Uniform()), arm.Threshold.At(random.Uniform()));
        var probabilities = GaussianBelief.ProbabilitiesOfLargest(beliefs);
        return new(
            choice,
            // log p = log P(arm) - log(width of the bins), then from the unit interval to the choice's own numbers.
            Math.Log(probabilities[chosen]) - Math.Log(arm.Lambda.Width) - Math.Log(arm.Threshold.Width) + _space.LogUnitPerChoice(choice),
            Value: 0,
            Describe(arm, probabilities));
    }

    public PolicyUpdate? Learn(string run, double? reward, float[] next, bool last)
    {
        if (!_open.Remove(run, out var arm) || reward is not { } earned)
        {
            return null;
        }

        for (var i = 0; i < _evidence.Length; i++)
        {
            _evidence[i] = _evidence[i].Discount(_discount);
        }

        _evidence[arm] = _evidence[arm].Add(earned);
        _all = _all.Discount(_discount).Add(earned);
        Version++;
        return new()
        {
            PolicyVersion = Version,
            Diagnostics =
            {
                ["bandit/reward_mean"] = _all.Mean,
                ["bandit/reward_deviation"] = Math.Sqrt(_all.Variance),
                ["bandit/evidence"] = _all.Weight,
                ["bandit/best_arm_mean"] = _evidence.Max(evidence => evidence.Posterior(_all).Mean),
            },
        };
    }

    public void Skip(string run, bool last) => _open.Remove(run);

    public void Save(CheckpointWriter writer) => writer.Json(StatePart, new State(Version, _evidence, _all, _open));

    public void Dispose()
    {
        // Holds nothing.
    }

    private Distribution Describe(BanditArm chosen, double[] probabilities)
    {
        var ofMethods = new double[_space.Methods.Count];
        for (var i = 0; i < _arms.Count; i++)
        {
            ofMethods[_arms[i].Method] += probabilities[i];
        }

        var distribution = _space.Describe(ofMethods, chosen.Method, (1, 1), (1, 1));
        Narrow(distribution.Lambda, _space.LambdaRange, chosen.Lambda);
        Narrow(distribution.Threshold, _space.ThresholdRange, chosen.Threshold);
        return distribution;
    }

    // Given the arm, a head is uniform over its bin.
    private static void Narrow(Distribution.Types.BoundedBeta? head, ContinuousRange range, Bin bin)
    {
        if (head is not null)
        {
            (head.Low, head.High) = (range.FromUnit(bin.Low), range.FromUnit(bin.At(1)));
        }
    }

    private sealed record State(long Version, BanditEvidence[] Arms, BanditEvidence All, Dictionary<string, int> Open);
}
