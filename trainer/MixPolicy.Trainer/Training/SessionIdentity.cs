using MixPolicy.Torch.Checkpoints;
using MixPolicy.Trainer.Data;

namespace MixPolicy.Trainer.Training;

/// <summary>What a checkpoint and the session that goes on from it must agree on.</summary>
internal sealed record SessionIdentity(TrainingRecipe Recipe, string Dataset, int TrainImages, int Classes)
{
    internal static SessionIdentity Of(TrainingRecipe recipe, Dataset data) => new(recipe, data.Name, data.Train.Count, data.Classes.Count);

    /// <exception cref="CheckpointException">They differ.</exception>
    internal void MustEqual(SessionIdentity saved, string folder)
    {
        if (this != saved)
        {
            throw new CheckpointException($"{folder}: it belongs to another training: saved with {saved}; this one is {this}");
        }
    }
}
