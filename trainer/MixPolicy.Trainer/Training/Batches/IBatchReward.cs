using MixPolicy.Mixup;

namespace MixPolicy.Trainer.Training.Batches;

/// <summary>Measures what a decided batch earns, around its training step. On the model thread; the network is in training mode.</summary>
internal interface IBatchReward
{
    /// <summary>Just before the step.</summary>
    /// <param name="batch">In the epoch, from 0.</param>
    /// <returns>What the step shall show.</returns>
    StepLook Before(int batch);

    /// <summary>Just after the step.</summary>
    /// <returns>One number, or one an image; finite.</returns>
    float[] After(ObservedBatch clean, MixedBatch mixed, StepLook look);
}
