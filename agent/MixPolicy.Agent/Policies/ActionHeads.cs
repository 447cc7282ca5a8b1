using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Networks;
using MixPolicy.Ppo.Randomness;

namespace MixPolicy.Agent.Policies;

/// <summary>
/// The hybrid action of an action space: a categorical method, and a Beta distribution over the unit interval for lambda and for the threshold,
/// each only if some method uses it and masked by the methods that do.
/// </summary>
public sealed class ActionHeads
{
    private const string MethodHead = "method";
    private const string LambdaHead = "lambda";
    private const string ThresholdHead = "threshold";

    /// <summary>
    /// First bias of the Beta heads: alpha = beta = 1 + softplus(-2) = 1.13, nearly uniform (standard deviation 0.279; 0.289 is uniform). With the
    /// 0.01 of the last layer's weights an untrained policy spreads its choices evenly. Lower would leave the heads too small a gradient.
    /// </summary>
    private const float FirstBetaBias = -2;

    private readonly ChoiceSpace _space;

    public ActionHeads(ChoiceSpace space)
    {
        _space = space;
        var heads = new List<Head> { new(MethodHead, new Categorical(space.Methods.Count)) };
        Add(heads, LambdaHead, method => method.UsesLambda);
        Add(heads, ThresholdHead, method => method.UsesThreshold);
        Distribution = new([.. heads]);
    }

    public Hybrid Distribution { get; }

    /// <summary>An untrained network that spreads its choices evenly.</summary>
    public MlpActorCritic Network(int observationSize, IReadOnlyList<int> hidden, ulong seed)
    {
        var network = new MlpActorCritic(observationSize, Distribution, hidden, PpoStreams.InitialWeights(seed));
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var noGradient = TorchSharp.torch.no_grad();
        network.Parameters[$"policy.{hidden.Count}.bias"].narrow(0, _space.Methods.Count, Distribution.ParameterCount - _space.Methods.Count).fill_(FirstBetaBias);
        network.Refresh();
        return network;
    }

    /// <summary>A decision of the learner in the words of the contract.</summary>
    public Draw Describe(PolicyDecision decision)
    {
        var method = decision.Heads[0];
        var (lambda, threshold) = (Find(decision, LambdaHead), Find(decision, ThresholdHead));
        var chosen = (int)method.Values[0];
        var choice = _space.Choose(chosen, lambda?.Values[0] ?? 0, threshold?.Values[0] ?? 0);
        return new(
            choice,
            decision.LogProb + _space.LogUnitPerChoice(choice),
            decision.Value,
            _space.Describe([.. method.Parameters.Select(probability => (double)probability)], chosen, Shape(lambda), Shape(threshold)));
    }

    private void Add(List<Head> heads, string name, Func<MethodEntry, bool> uses)
    {
        int[] users = [.. Enumerable.Range(0, _space.Methods.Count).Where(index => uses(_space.Methods[index]))];
        if (users.Length > 0)
        {
            heads.Add(new(name, new BoundedBeta(0, 1), new(MethodHead, users)));
        }
    }

    private static HeadChoice? Find(PolicyDecision decision, string name) => decision.Heads.FirstOrDefault(head => head.Name == name);

    private static (double Alpha, double Beta) Shape(HeadChoice? head) => head is null ? (1, 1) : (head.Parameters[0], head.Parameters[1]);
}
