using MixPolicy.Client;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Display;

/// <summary>What the user sees while the training runs. Calls come from any thread.</summary>
public interface ITrainingDisplay
{
    /// <summary>Runs the training with the display up.</summary>
    Task<T> ShowAsync<T>(Func<Task<T>> training);

    /// <summary>A line that stays.</summary>
    void Note(string text);

    /// <summary>A line that stays and that the user should not miss.</summary>
    void Warn(string text);

    /// <param name="epoch">From 0.</param>
    /// <param name="epochs">All.</param>
    /// <param name="steering">What the epoch is trained with.</param>
    void EpochStarts(int epoch, int epochs, Steering steering);

    /// <param name="batch">Batches done.</param>
    /// <param name="batches">Of the epoch.</param>
    /// <param name="loss">Mean since the epoch began.</param>
    /// <param name="imagesPerSecond">Since the epoch began.</param>
    void Batch(int batch, int batches, double loss, double imagesPerSecond);

    void EpochEnds(EpochMetrics metrics, int epochs, TimeSpan left);
}
