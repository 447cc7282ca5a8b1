using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Networks;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Ppo.Rollouts;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Learning;

/// <summary>
/// The update of proximal policy optimisation (Schulman et al. 2017, "Proximal policy optimization algorithms"), in the details of
/// Stable-Baselines3's <c>PPO.train</c>, which the golden vectors record.
/// </summary>
public static class PpoUpdate
{
    private const double AdvantageEpsilon = 1e-8;
    private const double NormEpsilon = 1e-6;
    private const double KlTolerance = 1.5;

    /// <summary>Learns from one rollout: <see cref="PpoOptions.Epochs"/> passes in minibatches of random order.</summary>
    /// <param name="remaining">The part of training that is left, 1 to 0, for the schedules.</param>
    /// <param name="random">Orders the minibatches.</param>
    /// <returns>By the names in <see cref="Diagnostics"/>.</returns>
    public static Dictionary<string, double> Run(
        IActorCritic network, ActionDistribution distribution, Adam adam, TrainingBatch batch, PpoOptions options, double remaining, RandomStream random)
    {
        using var updateScope = NewDisposeScope();
        var device = network.Parameters.Values.device;
        var allObservations = tensor(batch.Observations, batch.Count, batch.Observations.Length / batch.Count, device: device);
        var allActions = tensor(batch.Actions, batch.Count, batch.Actions.Length / batch.Count, device: device);

        // One column each: old log-probability, old value, advantage, return.
        var allNumbers = stack(new[] { batch.LogProbs, batch.Values, batch.Advantages, batch.Returns }.Select(numbers => tensor(numbers, device: device)), 1);
        var diagnostics = Run(network.Parameters, adam, batch.Count, Evaluate, options, remaining, random);
        diagnostics[Diagnostics.ExplainedVariance] = batch.ExplainedVariance;
        network.Refresh();
        return diagnostics;

        Minibatch Evaluate(long[] samples)
        {
            var rows = tensor(samples, device: device);
            var numbers = allNumbers.index_select(0, rows).unbind(1);
            var (actionParameters, value) = network.Forward(allObservations.index_select(0, rows));
            var (logProb, entropy) = distribution.Evaluate(actionParameters, allActions.index_select(0, rows));
            return new(logProb, numbers[0], Normalized(numbers[2], options), entropy, value, numbers[1], numbers[3]);
        }
    }

    /// <summary>Â ← (Â − mean)/(std + 1e-8), where the options say so. One number has no standard deviation: it stays as it is.</summary>
    internal static Tensor Normalized(Tensor advantages, PpoOptions options) => options.NormalizeAdvantages && advantages.numel() > 1
        ? (advantages - advantages.mean()) / (advantages.std() + AdvantageEpsilon)
        : advantages;

    /// <summary>As above, for any network: the gradient steps on whatever <paramref name="evaluate"/> makes of a minibatch.</summary>
    /// <param name="count">Samples in the rollout.</param>
    /// <param name="evaluate">From the samples of a minibatch to tensors, differentiable in the parameters, in the dispose scope of the call.</param>
    internal static Dictionary<string, double> Run(
        FlatParameters parameters, Adam adam, int count, Func<long[], Minibatch> evaluate, PpoOptions options, double remaining, RandomStream random)
    {
        var learningRate = options.LearningRate.At(remaining);
        var clip = options.ClipRange.At(remaining);
        var valueClip = options.ValueClipRange?.At(remaining);
        double policySum = 0, valueSum = 0, entropySum = 0, klSum = 0, clippedSum = 0, normSum = 0, total = 0;
        var (minibatches, steps, stopped) = (0, 0, false);
        for (var epoch = 0; epoch < options.Epochs && !stopped; epoch++)
        {
            var order = random.Permutation(count);
            for (var start = 0; start < count && !stopped; start += options.MinibatchSize)
            {
                using var scope = NewDisposeScope();
                var (logProb, oldLogProb, advantage, entropy, value, oldValue, target) = evaluate(order[start..Math.Min(count, start + options.MinibatchSize)]);

                // ρ = π(a|s)/π_old(a|s)          L_π = −mean min(ρ Â, clip(ρ, 1 − ε, 1 + ε) Â)
                var logRatio = logProb - oldLogProb;
                var ratio = logRatio.exp();
                var policyLoss = -minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage).mean();

                // L_V = mean (R − V)², where V may have moved from V_old by at most the value clip range
                if (valueClip is { } bound)
                {
                    value = oldValue + (value - oldValue).clamp(-bound, bound);
                }

                var valueLoss = (target - value).square().mean();

                // L = L_π + c_V L_V − c_H H; without a bonus, the gradient of the entropy is not worth computing
                var meanEntropy = entropy.mean();
                var loss = policyLoss + (valueLoss * options.ValueCoefficient);
                loss = options.EntropyCoefficient > 0 ? loss - (meanEntropy * options.EntropyCoefficient) : loss;

                var losses = stack([policyLoss, valueLoss, meanEntropy, loss]).detach().cpu().data<float>().ToArray();
                var (approximateKl, clipFraction) = Divergence(logRatio.detach().cpu().data<float>().ToArray(), clip);
                policySum += losses[0];
                valueSum += losses[1];
                entropySum += losses[2];
                klSum += approximateKl;
                clippedSum += clipFraction;
                minibatches++;
                total = losses[3];

                // Stable-Baselines3 stops before the step that would be taken from too far away.
                if (options.TargetKl is { } targetKl && approximateKl > KlTolerance * targetKl)
                {
                    stopped = true;
                    continue;
                }

                parameters.Gradients.zero_();
                loss.backward();

                // g ← g · min(1, max_norm/(‖g‖ + 1e-6)), over all parameters together
                var norm = parameters.Gradients.norm().item<float>();
                if (!float.IsFinite(norm))
                {
                    // A reward so large that float32 overflows: no step, because weights that became NaN never recover.
                    continue;
                }

                normSum += norm;
                steps++;
                adam.Step(learningRate, Math.Min(1, options.MaxGradientNorm / (norm + NormEpsilon)));
            }
        }

        return new(StringComparer.Ordinal)
        {
            [Diagnostics.PolicyLoss] = policySum / minibatches,
            [Diagnostics.ValueLoss] = valueSum / minibatches,
            [Diagnostics.Entropy] = entropySum / minibatches,
            [Diagnostics.ApproximateKl] = klSum / minibatches,
            [Diagnostics.ClipFraction] = clippedSum / minibatches,
            [Diagnostics.Total] = total,
            [Diagnostics.GradientNorm] = steps > 0 ? normSum / steps : double.NaN,
            [Diagnostics.LearningRate] = learningRate,
            [Diagnostics.ClipRange] = clip,
            [Diagnostics.GradientSteps] = steps,
        };
    }

    /// <summary>How far the policy has moved from the one that acted, in plain code: for this few numbers tensors cost more.</summary>
    private static (double ApproximateKl, double ClipFraction) Divergence(float[] logRatios, double clip)
    {
        double kl = 0, clipped = 0;
        foreach (var logRatio in logRatios)
        {
            // KL(π_old ‖ π) ≈ mean (ρ − 1) − ln ρ (Schulman, "Approximating KL divergence", 2020)
            var ratio = Math.Exp(logRatio);
            kl += ratio - 1 - logRatio;
            clipped += Math.Abs(ratio - 1) > clip ? 1 : 0;
        }

        return (kl / logRatios.Length, clipped / logRatios.Length);
    }
}
