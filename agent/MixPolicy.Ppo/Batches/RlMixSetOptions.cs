using MixPolicy.Ppo.Optimisation;

namespace MixPolicy.Ppo.Batches;

/// <summary>Our batch policy; see <c>RlMixSetPolicy</c>.</summary>
public sealed record RlMixSetOptions : BatchPolicyOptions
{
    public RlMixSetOptions()
    {
        Rollout = 64;
        UpdateLag = 4;
        Ppo = new() { LearningRate = Schedule.Constant(1e-3), MinibatchSize = 16, Epochs = 4, Gamma = 0, EntropyCoefficient = 0.01 };
    }

    /// <summary>Methods to choose from for a batch, 0 to 64; 0 or 1: nothing is chosen, <see cref="BatchDraw.Method"/> is null.</summary>
    public int Methods { get; init; }

    public override void Validate()
    {
        base.Validate();
        Require(Methods, nameof(Methods), 0, 64);
    }
}
