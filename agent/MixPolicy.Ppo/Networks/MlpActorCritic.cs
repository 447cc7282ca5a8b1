using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MixPolicy.Ppo.Networks;

/// <summary>
/// Two separate tanh networks, one for the policy and one for the value, as Stable-Baselines3's MlpPolicy. Orthogonal weights with gain √2,
/// 0.01 for the last layer of the policy and 1 for that of the value; biases 0. Acting runs in plain code on a copy of the weights:
/// on the CPU whatever the device, and several times faster than the same handful of tensor operations.
/// </summary>
public sealed class MlpActorCritic : IActorCritic
{
    private readonly ActionDistribution _distribution;
    private readonly (Tensor Weight, Tensor Bias)[] _policy;
    private readonly (Tensor Weight, Tensor Bias)[] _value;
    private readonly Tensor? _free;
    private readonly long[]? _columns;
    private readonly Tensor? _columnsTensor;
    private readonly PlainMlp _plainPolicy;
    private readonly PlainMlp _plainValue;
    private readonly float[] _outputs;

    /// <param name="observationSize">D ≥ 1.</param>
    /// <param name="hidden">Width of each hidden layer, ≥ 1; both networks have them.</param>
    /// <param name="random">Draws the initial weights.</param>
    /// <param name="device">The CPU when null.</param>
    public MlpActorCritic(int observationSize, ActionDistribution distribution, IReadOnlyList<int> hidden, RandomStream random, Device? device = null)
    {
        _distribution = distribution;
        var free = distribution.FreeParameters;
        var outputs = distribution.ParameterCount - free.Count;
        var initial = new List<InitialParameter>();
        initial.AddRange(Layers("policy", [observationSize, .. hidden, outputs], lastGain: 0.01, random));
        initial.AddRange(Layers("value", [observationSize, .. hidden, 1], lastGain: 1, random));
        if (free.Count > 0)
        {
            initial.Add(new("policy.free", [free.Count], new float[free.Count]));

            // The network gives the parameters that depend on the observation; the free ones go between them, where the distribution has them.
            _columns = new long[distribution.ParameterCount];
            var (nextOutput, nextFree) = (0, outputs);
            for (var parameter = 0; parameter < _columns.Length; parameter++)
            {
                _columns[parameter] = free.Contains(parameter) ? nextFree++ : nextOutput++;
            }

            _columnsTensor = tensor(_columns, device: device).DetachFromDisposeScope();
        }

        Parameters = new(initial, device);
        _policy = [.. Enumerable.Range(0, hidden.Count + 1).Select(layer => (Parameters[$"policy.{layer}.weight"], Parameters[$"policy.{layer}.bias"]))];
        _value = [.. Enumerable.Range(0, hidden.Count + 1).Select(layer => (Parameters[$"value.{layer}.weight"], Parameters[$"value.{layer}.bias"]))];
        _free = free.Count > 0 ? Parameters["policy.free"] : null;
        _plainPolicy = new([observationSize, .. hidden, outputs]);
        _plainValue = new([observationSize, .. hidden, 1]);
        _outputs = new float[distribution.ParameterCount];
        Refresh();
    }

    public FlatParameters Parameters { get; }

    public (Tensor ActionParameters, Tensor Values) Forward(Tensor observations)
    {
        var outputs = Run(_policy, observations);
        var values = Run(_value, observations).squeeze(1);
        return _free is null
            ? (outputs, values)
            : (cat([outputs, _free.expand(observations.shape[0], -1)], 1).index_select(1, _columnsTensor!), values);
    }

    public float Infer(ReadOnlySpan<float> observation, Span<float> actionParameters)
    {
        if (_columns is null)
        {
            _plainPolicy.Run(observation, actionParameters);
        }
        else
        {
            // The free parameters already lie behind the outputs: Refresh put them there.
            _plainPolicy.Run(observation, _outputs.AsSpan(0, _outputs.Length - _distribution.FreeParameters.Count));
            for (var i = 0; i < _columns.Length; i++)
            {
                actionParameters[i] = _outputs[_columns[i]];
            }
        }

        Span<float> value = stackalloc float[1];
        _plainValue.Run(observation, value);
        return value[0];
    }

    public void Refresh()
    {
        var all = Parameters.ToArray().AsSpan();
        _plainPolicy.Load(all[.._plainPolicy.ParameterCount]);
        _plainValue.Load(all.Slice(_plainPolicy.ParameterCount, _plainValue.ParameterCount));
        var free = all[(_plainPolicy.ParameterCount + _plainValue.ParameterCount)..];
        free.CopyTo(_outputs.AsSpan(_outputs.Length - free.Length));
    }

    public void Dispose()
    {
        Parameters.Dispose();
        _columnsTensor?.Dispose();
    }

    private static Tensor Run((Tensor Weight, Tensor Bias)[] layers, Tensor x)
    {
        foreach (var (weight, bias) in layers[..^1])
        {
            x = linear(x, weight, bias).tanh();
        }

        return linear(x, layers[^1].Weight, layers[^1].Bias);
    }

    private static IEnumerable<InitialParameter> Layers(string network, int[] sizes, double lastGain, RandomStream random)
    {
        for (var layer = 0; layer < sizes.Length - 1; layer++)
        {
            var (inputs, outputs) = (sizes[layer], sizes[layer + 1]);
            yield return Orthogonal.Weight($"{network}.{layer}.weight", outputs, inputs, layer < sizes.Length - 2 ? Math.Sqrt(2) : lastGain, random);
            yield return new($"{network}.{layer}.bias", [outputs], new float[outputs]);
        }
    }
}
