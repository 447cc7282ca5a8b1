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
/// Our policy at the batch scale: one encoder shared by all images (<see cref="SetShape"/>), equivariant to their order, for any batch size and count of
/// classes at any time. Each image's choice has its own probability ratio and its own advantage.
/// <para>
/// With a reward an image, an image's advantage is its reward less the batch's mean, so that what the whole batch was like counts for nothing;
/// with γ &gt; 0 the batch's own advantage is added. With one reward a batch, every image has the batch's advantage: what it
/// earned beyond the value expected of it. That is also the advantage of the method.
/// </para>
/// </summary>
public sealed class RlMixSetPolicy : BatchPolicy
{
    private readonly RlMixSetOptions _options;
    private readonly SetShape _shape;
    private readonly SetNetwork _network;
    private readonly Categorical _bins;

    /// <param name="seed">Draws the initial weights and the order of minibatches.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public RlMixSetPolicy(RlMixSetOptions options, ulong seed)
        : this(options, seed, Shape(options))
    {
    }

    private RlMixSetPolicy(RlMixSetOptions options, ulong seed, SetShape shape)
        : this(options, seed, shape, new SetNetwork(shape, PpoStreams.InitialWeights(seed)))
    {
    }

    private RlMixSetPolicy(RlMixSetOptions options, ulong seed, SetShape shape, SetNetwork network)
        : base(options, seed, network.Parameters, weights => new SetActor(shape, weights))
    {
        (_options, _shape, _network) = (options, shape, network);
        _bins = new(shape.Bins);
    }

    public override string Kind => $"rl_mix_set(patches={_shape.Patches},bins={_shape.Bins},methods={string.Join('+', _options.Methods)})";

    private protected override bool TakesRewardsOfImages => true;

    private protected override int Methods => _shape.Methods;

    private protected override float[] Encode(BatchObservation observation)
    {
        CheckSizes(observation);
        RequireNumbers("saliency", observation.Saliency, 0, LargestShare);
        RequireNumbers("logits", observation.Logits, -LargestLogit, LargestLogit);
        RequireCount("losses", observation.Losses?.Length ?? 0, observation.Images);
        RequireNumbers("losses", observation.Losses, 0, LargestLoss);
        RequirePermutation(observation.Partners ?? [], observation.Images);
        Require(observation.Lambda is >= 0 and <= 1, "lambda", observation.Lambda is { } lambda ? lambda : "unset", "0 to 1");
        return SetEncoding.Encode(observation, _shape);
    }

    private protected override Dictionary<string, double> Learn(IReadOnlyList<BatchStep> rollout, Adam adam, RandomStream shuffle, double remaining)
    {
        var options = _options.Ppo;
        var ofBatches = BatchAdvantages.Compute(rollout, options.Gamma, options.GaeLambda);
        var values = rollout.Select(step => step.Value).ToArray();
        var targets = ofBatches.Zip(values, (advantage, value) => advantage + value).ToArray();
        var ofImages = rollout.Select((step, i) => ImageAdvantages(step, ofBatches[i], options.Gamma)).ToArray();
        var diagnostics = PpoUpdate.Run(_network.Parameters, adam, rollout.Count, Evaluate, options, remaining, shuffle);
        diagnostics[Diagnostics.ExplainedVariance] = TrainingBatch.Explained(targets, values);
        return diagnostics;

        Minibatch Evaluate(long[] samples)
        {
            var steps = samples.Select(i => rollout[(int)i]).ToArray();
            var (images, batches, counts) = Inputs(steps);
            var (ofBins, ofMethods, value) = _network.Forward(images, batches, counts);
            var bins = tensor(steps.SelectMany(step => step.Bins.Select(bin => (long)bin)).ToArray()).unsqueeze(1);
            var (logProb, entropy) = _bins.Evaluate(ofBins, bins);
            var oldLogProb = tensor(steps.SelectMany(step => step.LogProbs.Take(step.Bins.Length)).ToArray());
            var advantage = PpoUpdate.Normalized(tensor(samples.SelectMany(i => ofImages[(int)i]).ToArray()), options);
            if (ofMethods is not null)
            {
                // One more choice a batch, with the batch's advantage.
                var (methodLogProb, methodEntropy) = new Categorical(_shape.Methods).Evaluate(ofMethods, tensor(steps.Select(step => (long)step.Method!).ToArray()).unsqueeze(1));
                var methodAdvantage = PpoUpdate.Normalized(Column(i => ofBatches[i]), options);
                (logProb, entropy) = (cat([logProb, methodLogProb]), cat([entropy, methodEntropy]));
                oldLogProb = cat([oldLogProb, tensor(steps.Select(step => step.LogProbs[^1]).ToArray())]);
                advantage = cat([advantage, methodAdvantage]);
            }

            return new(logProb, oldLogProb, advantage, entropy, value, Column(i => values[i]), Column(i => targets[i]));

            Tensor Column(Func<int, float> number) => tensor(samples.Select(i => number((int)i)).ToArray());
        }
    }

    /// <summary>A_i = r_i − r̄, and the batch's advantage where it says more than r̄ does: with γ &gt; 0, or with nothing else.</summary>
    private static float[] ImageAdvantages(BatchStep step, float ofBatch, double gamma)
    {
        var images = step.Bins.Length;
        if (step.Rewards.Length < images || images == 1)
        {
            return [.. Enumerable.Repeat(ofBatch, images)];
        }

        var mean = step.Rewards.Average();
        return [.. step.Rewards.Select(reward => reward - mean + (gamma > 0 ? ofBatch : 0))];
    }

    private (Tensor Images, Tensor Batches, Tensor Counts) Inputs(BatchStep[] steps)
    {
        // In memory of libtorch's: how a product rounds may depend on where its numbers lie.
        var rows = steps.Sum(step => step.Bins.Length);
        var images = empty(rows, _shape.Inputs);
        var ofImages = MemoryMarshal.Cast<byte, float>(images.bytes);
        var batches = new long[rows];
        var row = 0;
        for (var batch = 0; batch < steps.Length; batch++)
        {
            var count = steps[batch].Bins.Length;
            for (var image = 0; image < count; image++, row++)
            {
                SetEncoding.Inputs(steps[batch].Observation, _shape, image, ofImages.Slice(row * _shape.Inputs, _shape.Inputs));
                batches[row] = batch;
            }
        }

        return (images, tensor(batches), tensor(steps.Select(step => (float)step.Bins.Length).ToArray()));
    }

    private static void RequirePermutation(int[] partners, int images)
    {
        RequireCount("partners", partners.Length, images);
        var seen = new bool[images];
        for (var i = 0; i < images; i++)
        {
            Require(partners[i] >= 0 && partners[i] < images && !seen[partners[i]], $"partners[{i}]", partners[i], $"each of 0 to {images - 1} once");
            seen[partners[i]] = true;
        }
    }

    private static SetShape Shape(RlMixSetOptions options)
    {
        options.Validate();
        return new(options.Patches, options.Bins, options.Methods.Count > 1 ? options.Methods.Count : 0);
    }
}
