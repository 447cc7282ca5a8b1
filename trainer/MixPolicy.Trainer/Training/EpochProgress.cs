namespace MixPolicy.Trainer.Training;

/// <summary>How far an epoch is.</summary>
/// <param name="Batch">Batches done, from 1.</param>
/// <param name="Batches">Batches of the epoch.</param>
/// <param name="RunningLoss">Mean training loss so far in this epoch.</param>
/// <param name="ImagesPerSecond">Since the start of the epoch.</param>
public readonly record struct EpochProgress(int Batch, int Batches, double RunningLoss, double ImagesPerSecond);
