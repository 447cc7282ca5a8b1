using MixPolicy.Client;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Display;

/// <summary>Plain lines, for files and pipes: one an epoch.</summary>
public sealed class PlainDisplay(TextWriter output) : ITrainingDisplay
{
    private readonly TextWriter _output = TextWriter.Synchronized(output);
    private string _choice = "";

    public Task<T> ShowAsync<T>(Func<Task<T>> training) => training();

    public void Note(string text) => _output.WriteLine(text);

    public void Warn(string text) => _output.WriteLine($"warning: {text}");

    public void EpochStarts(int epoch, int epochs, Steering steering) => _choice = Choices.Text(steering.Choice);

    public void Batch(int batch, int batches, double loss, double imagesPerSecond)
    {
        // A line a batch would drown the epochs.
    }

    public void EpochEnds(EpochMetrics metrics, int epochs, TimeSpan left) => _output.WriteLine(EpochLine.Of(metrics, epochs, _choice, left));
}
