using System.Globalization;
using MixPolicy.Client;
using MixPolicy.Trainer.Records;
using Spectre.Console;

namespace MixPolicy.Trainer.Display;

/// <summary>Two bars on a terminal, epochs and batches, with the finished epochs scrolling above.</summary>
public sealed class TerminalDisplay(IAnsiConsole console) : ITrainingDisplay
{
    private ProgressTask? _epochs;
    private ProgressTask? _batches;
    private string _choice = "";
    private string _left = "";

    public Task<T> ShowAsync<T>(Func<Task<T>> training) => console.Progress()
        .AutoClear(true)
        .HideCompleted(false)
        .Columns(new ProgressBarColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(async context =>
        {
            _epochs = context.AddTask("starting");
            _batches = context.AddTask("…");
            return await training();
        });

    public void Note(string text) => console.WriteLine(text);

    public void Warn(string text) => console.MarkupLineInterpolated($"[yellow]{text}[/]");

    public void EpochStarts(int epoch, int epochs, Steering steering)
    {
        _choice = Choices.Text(steering.Choice);
        if (_epochs is { } bar)
        {
            bar.MaxValue = epochs;
            bar.Value = epoch;
            bar.Description = Markup.Escape($"epoch {epoch} ({epoch + 1}/{epochs}){_left}");
        }

        Batch(0, 1, double.NaN, 0);
    }

    public void Batch(int batch, int batches, double loss, double imagesPerSecond)
    {
        if (_batches is not { } bar)
        {
            return;
        }

        bar.MaxValue = batches;
        bar.Value = batch;
        var rate = batch == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  {batch}/{batches}  loss {loss:0.000}  {imagesPerSecond:N0} images/s");
        bar.Description = Markup.Escape(_choice + rate);
    }

    public void EpochEnds(EpochMetrics metrics, int epochs, TimeSpan left)
    {
        _left = $", {EpochLine.Duration(left)} left";
        console.WriteLine(EpochLine.Of(metrics, epochs, _choice, left));
        if (_epochs is { } bar)
        {
            bar.Value = metrics.Epoch + 1;
        }
    }
}
