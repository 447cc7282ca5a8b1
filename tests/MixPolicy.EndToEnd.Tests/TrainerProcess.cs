using System.Diagnostics;
using System.Text;

namespace MixPolicy.EndToEnd.Tests;

/// <summary>The trainer as users start it: its own process.</summary>
internal sealed class TrainerProcess : IDisposable
{
    /// <summary>A training of seconds. One thread: repeatable to the bit beside anything else.</summary>
    private static readonly string[] Small =
    [
        "--train-limit", "160", "--test-limit", "40", "--batch-size", "20", "--max-lr", "0.02", "--holdout-fraction", "0.25", "--model", "preactresnet18-w16",
        "--threads", "1", "--seed", "3",
    ];

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private TrainerProcess(IEnumerable<string> arguments, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "MixPolicy.Trainer.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    public string Error => Read(_error);

    /// <param name="more">Options; those of the small training that are among them are replaced.</param>
    public static TrainerProcess Train(string folder, int epochs, params string[] more) => TrainIn([], folder, epochs, more);

    /// <param name="environment">Variables of its environment besides those of this process.</param>
    /// <inheritdoc cref="Train(string, int, string[])"/>
    public static TrainerProcess TrainIn(Dictionary<string, string> environment, string folder, int epochs, params string[] more) =>
        new(["train", "--out", folder, "--epochs", $"{epochs}", .. Small.Chunk(2).Where(option => !more.Contains(option[0])).SelectMany(option => option), .. more], environment);

    public static TrainerProcess Resume(string folder, params string[] more) => new(["train", "--resume", folder, .. more]);

    public static TrainerProcess Run(params string[] arguments) => new(arguments);

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Waits until so many epochs are recorded.</summary>
    public async Task UntilEpochsAsync(string folder, int epochs)
    {
        while (RunFiles.Metrics(folder).Count < epochs)
        {
            MustRun();
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Fails the test where the training has ended.</summary>
    public void MustRun() => _process.HasExited.ShouldBeFalse($"the training ended early: {Output}{Error}");

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
