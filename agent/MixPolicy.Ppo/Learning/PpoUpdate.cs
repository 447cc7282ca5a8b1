using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Networks;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Ppo.Randomness;
using MixPolicy.Ppo.Rollouts;
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
        var parameters = network.Parameters;
        var device = parameters.Values.device;
        var learningRate = options.LearningRate.At(remaining);
        var clip = options.ClipRange.At(remaining);
        var valueClip = options.ValueClipRange?.At(remaining);
        var allObservations = tensor(batch.Observations, batch.Count, batch.Observations.Length / batch.Count, device: device);
        var allActions = tensor(batch.Actions, batch.Count, batch.Actions.Length / batch.Count, device: device);

        // One column each: old log-probability, old value, advantage, return.
        var allNumbers = stack(new[] { batch.LogProbs, batch.Values, batch.Advantages, batch.Returns }.Select(numbers => tensor(numbers, device: device)), 1);

        var sums = new double[6];
        var (minibatches, steps, stopped, total) = (0, 0, false, 0.0);
        for (var epoch = 0; epoch < options.Epochs && !stopped; epoch++)
        {
            var order = tensor(random.Permutation(batch.Count), device: device);
            for (var start = 0; start < batch.Count && !stopped; start += options.MinibatchSize)
            {
                using var scope = NewDisposeScope();
                var rows = order.narrow(0, start, Math.Min(options.MinibatchSize, batch.Count - start));
                var numbers = allNumbers.index_select(0, rows).unbind(1);
                var (oldLogProb, oldValue, advantage, target) = (numbers[0], numbers[1], numbers[2], numbers[3]);

                // Â ← (Â − mean)/(std + 1e-8). One sample has no standard deviation: it stays as it is.
                if (options.NormalizeAdvantages && rows.shape[0] > 1)
                {
                    advantage = (advantage - advantage.mean()) / (advantage.std() + AdvantageEpsilon);
                }

                var (actionParameters, value) = network.Forward(allObservations.index_select(0, rows));
                var (logProb, entropy) = distribution.Evaluate(actionParameters, allActions.index_select(0, rows));

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

                // L = L_π + c_V L_V − c_H H
                var meanEntropy = entropy.mean();
                var loss = policyLoss + (valueLoss * options.ValueCoefficient) - (meanEntropy * options.EntropyCoefficient);

                // KL(π_old ‖ π) ≈ mean (ρ − 1) − ln ρ (Schulman, "Approximating KL divergence", 2020), and the part of ρ outside 1 ± ε
                var approximateKl = (ratio.detach() - 1 - logRatio.detach()).mean();
                var clipFraction = (ratio.detach() - 1).abs().gt(clip).to(ScalarType.Float32).mean();
                var read = stack([policyLoss.detach(), valueLoss.detach(), meanEntropy.detach(), approximateKl, clipFraction, loss.detach()]).cpu().data<float>();
                for (var i = 0; i < 5; i++)
                {
                    sums[i] += read[i];
                }

                minibatches++;
                total = read[5];

                // Stable-Baselines3 stops before the step that would be taken from too far away.
                if (options.TargetKl is { } targetKl && read[3] > KlTolerance * targetKl)
                {
                    stopped = true;
                    continue;
                }

                parameters.Gradients.zero_();
                loss.backward();

                // g ← g · min(1, max_norm/(‖g‖ + 1e-6)), over all parameters together
                var norm = parameters.Gradients.norm().item<float>();
                if (norm + NormEpsilon > options.MaxGradientNorm)
                {
                    parameters.Gradients.mul_(options.MaxGradientNorm / (norm + NormEpsilon));
                }

                sums[5] += norm;
                steps++;
                adam.Step(learningRate);
            }
        }

        network.Refresh();
        return new(StringComparer.Ordinal)
        {
            [Diagnostics.PolicyLoss] = sums[0] / minibatches,
            [Diagnostics.ValueLoss] = sums[1] / minibatches,
            [Diagnostics.Entropy] = sums[2] / minibatches,
            [Diagnostics.ApproximateKl] = sums[3] / minibatches,
            [Diagnostics.ClipFraction] = sums[4] / minibatches,
            [Diagnostics.Total] = total,
            [Diagnostics.ExplainedVariance] = batch.ExplainedVariance,
            [Diagnostics.GradientNorm] = steps > 0 ? sums[5] / steps : double.NaN,
            [Diagnostics.LearningRate] = learningRate,
            [Diagnostics.ClipRange] = clip,
            [Diagnostics.GradientSteps] = steps,
        };
    }
}
