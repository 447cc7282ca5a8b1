using MixPolicy.Ppo.Observations;

namespace MixPolicy.Ppo.Training;

/// <summary>
/// Divides rewards by the running standard deviation of the discounted return of each environment, as Stable-Baselines3's VecNormalize: the
/// scale of the value function's targets stays near 1. The mean is not subtracted, which would change what is best.
/// </summary>
public sealed class RewardNormalizer
{
    private const double Clip = 10;

    private readonly double _gamma;
    private readonly RunningMoments _moments = new(1);
    private float[] _returns;

    /// <param name="environments">≥ 1.</param>
    /// <param name="gamma">γ of the learner, 0 to 1.</param>
    public RewardNormalizer(int environments, double gamma) => (_returns, _gamma) = (new float[environments], gamma);

    public RewardNormalizerState State
    {
        get => new([.. _returns], _moments.State);
        set => (_returns, _moments.State) = ([.. value.Returns], value.Moments);
    }

    /// <summary>Takes in one step of every environment and normalises its rewards in place.</summary>
    /// <param name="rewards">One an environment.</param>
    /// <param name="ended">Whether the episode ended with this step.</param>
    public void Normalize(Span<float> rewards, ReadOnlySpan<bool> ended)
    {
        // G ← γ G + r
        for (var i = 0; i < _returns.Length; i++)
        {
            _returns[i] = (float)((_gamma * _returns[i]) + rewards[i]);
        }

        _moments.Update(_returns);
        for (var i = 0; i < _returns.Length; i++)
        {
            rewards[i] = _moments.Scale(rewards[i], Clip);
            _returns[i] = ended[i] ? 0 : _returns[i];
        }
    }
}

/// <summary>For checkpoints.</summary>
/// <param name="Returns">The discounted return so far of each environment's episode.</param>
public sealed record RewardNormalizerState(float[] Returns, MomentsState Moments);
