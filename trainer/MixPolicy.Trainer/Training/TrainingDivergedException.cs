namespace MixPolicy.Trainer.Training;

/// <summary>The training loss is no longer a finite number. The network is of no use from here on; a restored checkpoint is.</summary>
public sealed class TrainingDivergedException(int epoch, int batch, double loss)
    : Exception($"the training loss became {loss} in batch {batch} of epoch {epoch}: the training has diverged; lower the learning rate, or restore a checkpoint")
{
    public int Epoch { get; } = epoch;

    public int Batch { get; } = batch;

    public double Loss { get; } = loss;
}
