using System.Text.Json;

namespace MixPolicy.Cli.Tests;

public sealed class WatchTests : IAsyncLifetime
{
    private readonly CliService _service = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly CancellationTokenSource _stop = new();
    private Task<int> _watching = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _stop.Dispose();
        await _output.DisposeAsync();
        await _error.DisposeAsync();
    }

    [Fact]
    public async Task Past_TellsWhatWasLoggedUntilInterrupted()
    {
        await _service.DecideAsync("a");
        Watch("agents/a", "--past");
        await UntilAsync(() => Said.Contains("interval 0", StringComparison.Ordinal));
        await StopAsync();
        Said.ShouldContain("agents/a/runs/r  active");
    }

    [Fact]
    public async Task Agent_WhoseServiceRestarts_MissesNothingLoggedAndRepeatsNothing()
    {
        var next = await _service.DecideAsync("a");
        Watch("agents/a", "--past", "--json");
        await UntilAsync(() => Logged().Count == 2);

        await RestartAsync();
        // Most likely before the watch is back: then it is told of what it was not there for.
        await _service.Client.DecideAsync(next, cancellationToken: Token);
        await UntilAsync(() => Logged().Contains("decision 1"));
        await StopAsync();

        Logged().ShouldBe(["state", "decision 0", "reported 0", "decision 1"]);
    }

    [Fact]
    public async Task All_WhoseServiceRestarts_GoesOnLive()
    {
        await _service.DecideAsync("before");
        Watch("--past");
        await UntilAsync(() => Said.Contains("agents/before/runs/r  interval 0", StringComparison.Ordinal));

        await RestartAsync();
        // What happens before the watch is back is not told: so until it is.
        for (var i = 0; !Said.Contains("agents/after", StringComparison.Ordinal); i++)
        {
            await _service.DecideAsync($"after-{i}");
            await Task.Delay(100, Token);
        }

        await StopAsync();
        Said.Split("agents/before/runs/r  interval 0").Length.ShouldBe(2);
    }

    private string Said
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private void Watch(params string[] arguments) =>
        _watching = Tool.RunAsync(["watch", .. arguments, "--agent", _service.Address], new Locked(_output), new Locked(_error), _stop.Token);

    private async Task RestartAsync()
    {
        await _service.GoDownAsync();
        await UntilAsync(() =>
        {
            lock (_error)
            {
                return _error.ToString().Contains("the service is away; waiting for it", StringComparison.Ordinal);
            }
        });
        await _service.ComeUpAsync();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        (await _watching).ShouldBe(130);
    }

    private async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            _watching.IsCompleted.ShouldBeFalse();
            await Task.Delay(20, Token);
        }
    }

    /// <summary>What was told that has a place in the log.</summary>
    private List<string> Logged() =>
    [
        .. Said.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).Where(told => told.GetProperty("sequence").GetString() != "0").Select(told =>
            told.TryGetProperty("decision", out var decision) ? $"decision {decision.GetProperty("interval")}"
            : told.TryGetProperty("reported", out var reported) ? $"reported {reported.GetProperty("decision").GetProperty("interval")}"
            : "state"),
    ];

    /// <summary>Whole lines, under the lock of what is read meanwhile.</summary>
    private sealed class Locked(StringWriter writer) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            lock (writer)
            {
                writer.WriteLine(value);
            }
        }

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }
    }
}
