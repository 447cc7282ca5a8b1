using MixPolicy.Ppo.Optimisation;

namespace MixPolicy.Ppo.Batches;

/// <summary>
/// Our batch policy; see <see cref="RlMixSetPolicy"/>. A rollout of 16 batches and a learning rate of 3e-3: on <see cref="Environments.ThresholdProblem"/> 20,000 images
/// are 12 updates of batches of 100, enough to learn it, where rollouts of 64 would be 3.
/// </summary>
public sealed record RlMixSetOptions : BatchPolicyOptions
{
    public RlMixSetOptions()
    {
        Rollout = 16;
        UpdateLag = 4;
        Ppo = new() { LearningRate = Schedule.Constant(3e-3), MinibatchSize = 4, Epochs = 4, Gamma = 0, EntropyCoefficient = 0.01 };
    }

    /// <summary>Methods to choose from for a batch, 0 to 64; 0 or 1: nothing is chosen, <see cref="BatchDraw.Method"/> is null.</summary>
    public int Methods { get; init; }

    public override void Validate()
    {
        base.Validate();
        Require(Methods, nameof(Methods), 0, 64);
    }
}
