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

    /// <summary>
    /// Names of the methods to choose from for a batch, at most 64, in the order of <see cref="BatchDraw.Method"/>; none or one: nothing is chosen, and that is
    /// null. They tell policies apart: what was learned for one method is not taken over for another.
    /// </summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    public override void Validate()
    {
        base.Validate();
        Require(Methods.Count, $"{nameof(Methods)} (length)", 0, 64);
    }
}
