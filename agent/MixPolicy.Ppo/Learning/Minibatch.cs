using static TorchSharp.torch;

namespace MixPolicy.Ppo.Learning;

/// <summary>A minibatch as the loss needs it: M choices, which may be several a sample, and N values. Log-probabilities and entropies are in nats.</summary>
/// <param name="LogProb">M, differentiable.</param>
/// <param name="OldLogProb">M, of the policy that acted.</param>
/// <param name="Advantage">M, normalised if it is to be.</param>
/// <param name="Entropy">Any count, differentiable; their mean counts.</param>
/// <param name="Value">N, differentiable.</param>
/// <param name="OldValue">N, expected when acting.</param>
/// <param name="Target">N, what the values should be.</param>
internal sealed record Minibatch(Tensor LogProb, Tensor OldLogProb, Tensor Advantage, Tensor Entropy, Tensor Value, Tensor OldValue, Tensor Target);
