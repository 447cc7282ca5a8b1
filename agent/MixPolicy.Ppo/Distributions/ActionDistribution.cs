using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Distributions;

/// <summary>
/// An action space together with the family of distributions a policy has over it. N samples, A numbers an action, P parameters.
/// The gradient side works on tensors; acting works on spans in plain code, because a tensor operation costs more than a whole draw.
/// Discrete choices are stored as whole numbers in float32. Immutable and thread-safe.
/// </summary>
public abstract class ActionDistribution
{
    /// <summary>A: numbers in one action.</summary>
    public abstract int ActionSize { get; }

    /// <summary>P: numbers that a policy gives for one observation.</summary>
    public abstract int ParameterCount { get; }

    /// <summary>Which of the P parameters are learned numbers that do not depend on the observation (a Gaussian's log standard deviations); ascending.</summary>
    public virtual IReadOnlyList<int> FreeParameters => [];

    /// <summary>What this is, with its sizes and ranges. A checkpoint of another description is refused.</summary>
    public abstract string Description { get; }

    /// <summary>Log-probability (density) of actions and entropy, differentiable in the parameters.</summary>
    /// <param name="parameters">N × P.</param>
    /// <param name="actions">N × A, inside the action space.</param>
    /// <returns>Two tensors of N, in nats.</returns>
    public abstract (Tensor LogProb, Tensor Entropy) Evaluate(Tensor parameters, Tensor actions);

    /// <summary>Draws one action.</summary>
    /// <param name="parameters">P numbers.</param>
    /// <param name="random">The only source of chance.</param>
    /// <param name="action">Receives A numbers.</param>
    public abstract void Sample(ReadOnlySpan<float> parameters, RandomStream random, Span<float> action);

    /// <summary>The action of a policy that does not explore: the likeliest of discrete ones, the mean of continuous ones.</summary>
    public abstract void Best(ReadOnlySpan<float> parameters, Span<float> action);

    /// <summary>Log-probability (density) of one action in nats; the same function as <see cref="Evaluate"/>.</summary>
    public abstract double LogProb(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action);

    /// <summary>The parameters in the units people read: a categorical's probabilities, a Gaussian's means then standard deviations, α and β of each Beta.</summary>
    public abstract float[] Readable(ReadOnlySpan<float> parameters);

    /// <summary>Checks that an action of A numbers lies inside the space.</summary>
    /// <exception cref="ArgumentException">It does not; the message has the position, the value and what is allowed.</exception>
    public abstract void Check(ReadOnlySpan<float> action);

    /// <summary>One action, head by head, for logs and displays. A plain distribution is one head named <c>action</c>.</summary>
    public virtual IReadOnlyList<HeadChoice> Describe(ReadOnlySpan<float> parameters, ReadOnlySpan<float> action) =>
        [new("action", true, action.ToArray(), Readable(parameters))];

    /// <summary>Index i among <paramref name="count"/> choices, or the error for it.</summary>
    private protected static void CheckChoice(float choice, int count, int position)
    {
        if (!(choice >= 0 && choice < count && choice == MathF.Floor(choice)))
        {
            throw new ArgumentException($"action[{position}] is {choice}; allowed are whole numbers from 0 to {count - 1}", nameof(choice));
        }
    }
}

/// <summary>What one head of an action chose.</summary>
/// <param name="Name">The head.</param>
/// <param name="Active">False when the choice of another head masks it: its values mean nothing and count for nothing.</param>
/// <param name="Values">The head's part of the action.</param>
/// <param name="Parameters">See <see cref="ActionDistribution.Readable"/>.</param>
public sealed record HeadChoice(string Name, bool Active, float[] Values, float[] Parameters);
