using MixPolicy.Ppo.Optimisation;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Networks;

/// <summary>A policy and a value function over flat observations. N samples, D numbers an observation, P parameters of the action distribution.</summary>
public interface IActorCritic : IDisposable
{
    /// <summary>All that is learned.</summary>
    FlatParameters Parameters { get; }

    /// <summary>Differentiable, for the update.</summary>
    /// <param name="observations">N × D, normalised.</param>
    /// <returns>N × P, and N values.</returns>
    (Tensor ActionParameters, Tensor Values) Forward(Tensor observations);

    /// <summary>One observation without gradients, for acting.</summary>
    /// <param name="observation">D numbers, normalised.</param>
    /// <param name="actionParameters">Receives P numbers.</param>
    /// <returns>The value.</returns>
    float Infer(ReadOnlySpan<float> observation, Span<float> actionParameters);

    /// <summary>Makes <see cref="Infer"/> see the current <see cref="Parameters"/>; called after each change of them.</summary>
    void Refresh();
}
