using System.Runtime.InteropServices;
using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Networks;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Ppo.Randomness;
using MixPolicy.Ppo.Rollouts;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Batches;

/// <summary>
/// RL-Mix (Luu et al. 2022) as its code has it: saliency and logits of a whole batch in, one bin an image out, one reward a batch, an episode an epoch;
/// one network for one batch size, one count of classes and one order of images (<see cref="RlMixShape"/>).
/// </summary>
public sealed class RlMixPolicy : BatchPolicy
{
    private readonly RlMixOptions _options;
    private readonly RlMixShape _shape;
    private readonly RlMixNetwork _network;
    private readonly MultiDiscrete _actions;
    private readonly ObservationPool _observations;

    /// <param name="seed">Draws the initial weights and the order of minibatches.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public RlMixPolicy(RlMixOptions options, ulong seed)
        : this(options, seed, Shape(options))
    {
    }

    private RlMixPolicy(RlMixOptions options, ulong seed, RlMixShape shape)
        : this(options, seed, shape, new RlMixNetwork(shape, PpoStreams.InitialWeights(seed)))
    {
    }

    private RlMixPolicy(RlMixOptions options, ulong seed, RlMixShape shape, RlMixNetwork network)
        : base(options, seed, network.Parameters, weights => new RlMixActor(shape, weights))
    {
        (_options, _shape, _network) = (options, shape, network);
        _actions = new([.. Enumerable.Repeat(shape.Bins, shape.Images)]);
        _observations = new(shape.ObservationSize);
    }

    public override string Kind => $"rl_mix(images={_shape.Images},classes={_shape.Classes},patches={_shape.Patches},bins={_shape.Bins})";

    private protected override bool TakesRewardsOfImages => false;

    private protected override float[] Encode(BatchObservation observation)
    {
        Require(observation.Images == _shape.Images, "images", observation.Images, $"{_shape.Images}, the policy's own");
        Require(observation.Classes == _shape.Classes, "classes", observation.Classes, $"{_shape.Classes}, the policy's own");
        CheckSizes(observation);
        RequireNumbers("saliency", observation.Saliency, 0, LargestShare);
        RequireNumbers("logits", observation.Logits, -LargestLogit, LargestLogit);
        var encoded = _observations.Rent();
        observation.Saliency.CopyTo(encoded, 0);
        observation.Logits.CopyTo(encoded, _shape.Saliencies);
        return encoded;
    }

    private protected override void Recycle(float[] observation) => _observations.Return(observation);

    private protected override Dictionary<string, double> Learn(IReadOnlyList<BatchStep> rollout, Adam adam, RandomStream shuffle, double remaining)
    {
        var options = _options.Ppo;
        var values = rollout.Select(step => step.Value).ToArray();
        var advantages = BatchAdvantages.Compute(rollout, options.Gamma, options.GaeLambda);
        var targets = advantages.Zip(values, (advantage, value) => advantage + value).ToArray();
        var largest = Math.Min(options.MinibatchSize, rollout.Count);
        var saliency = empty(largest, _shape.Images, _shape.Patches, _shape.Patches);
        var logits = empty(largest, _shape.Images, _shape.Classes + 1);
        var diagnostics = PpoUpdate.Run(_network.Parameters, adam, rollout.Count, Evaluate, options, remaining, shuffle);
        diagnostics[Diagnostics.ExplainedVariance] = TrainingBatch.Explained(targets, values);
        return diagnostics;

        Minibatch Evaluate(long[] samples)
        {
            Fill(rollout, samples, saliency, logits);
            var (actionParameters, value) = _network.Forward(saliency.narrow(0, 0, samples.Length), logits.narrow(0, 0, samples.Length));
            var actions = tensor(samples.SelectMany(i => rollout[(int)i].Bins.Select(bin => (long)bin)).ToArray(), samples.Length, _shape.Images);
            var (logProb, entropy) = _actions.Evaluate(actionParameters, actions);
            return new(
                logProb, Column(step => rollout[step].LogProbs.Sum()), PpoUpdate.Normalized(Column(step => advantages[step]), options), entropy,
                value, Column(step => values[step]), Column(step => targets[step]));

            Tensor Column(Func<int, float> number) => tensor(samples.Select(i => number((int)i)).ToArray());
        }
    }

    /// <summary>Lays a minibatch out for the network, with a 1 behind each image's logits.</summary>
    private void Fill(IReadOnlyList<BatchStep> rollout, long[] samples, Tensor saliency, Tensor logits)
    {
        var ofSaliency = MemoryMarshal.Cast<byte, float>(saliency.bytes);
        var ofLogits = MemoryMarshal.Cast<byte, float>(logits.bytes);
        for (var row = 0; row < samples.Length; row++)
        {
            var observation = rollout[(int)samples[row]].Observation.AsSpan();
            observation[.._shape.Saliencies].CopyTo(ofSaliency[(row * _shape.Saliencies)..]);
            for (var image = 0; image < _shape.Images; image++)
            {
                var target = ofLogits.Slice(((row * _shape.Images) + image) * (_shape.Classes + 1), _shape.Classes + 1);
                observation.Slice(_shape.Saliencies + (image * _shape.Classes), _shape.Classes).CopyTo(target);
                target[^1] = 1;
            }
        }
    }

    private static RlMixShape Shape(RlMixOptions options)
    {
        options.Validate();
        return new(options.Images, options.Classes, options.Patches, options.Bins);
    }
}
