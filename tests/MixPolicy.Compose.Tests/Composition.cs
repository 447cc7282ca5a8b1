using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using MixPolicy.V1;

namespace MixPolicy.Compose.Tests;

/// <summary>docker-compose.yml as a project of its own: other volumes, other containers and free ports, so that it meets no other one on this machine.</summary>
internal sealed class Composition : IAsyncDisposable
{
    /// <summary>Of a training.</summary>
    public const int Epochs = 6;

    // A training of seconds.
    private static readonly string Small = $"--epochs {Epochs} --train-limit 160 --test-limit 40 --batch-size 20 --holdout-fraction 0.25 --threads 1 --agent-patience 600";

    private readonly string _project = $"mixpolicy-test-{Guid.NewGuid():N}";
    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-compose-").FullName;

    /// <summary>Builds what changed, starts agent and trainer, and comes back when the agent is healthy.</summary>
    public Task UpAsync() => ComposeAsync("up", "--detach", "--build");

    /// <summary>Puts the data folder in FirstVersion/ into the agent's volume, as docs/operations.md puts back a backup.</summary>
    public async Task RestoreFirstVersionAsync()
    {
        await ComposeAsync("create", "--build");
        await DockerAsync(
            "run", "--rm", "--volume", $"{_project}_agent-data:/data", "--volume", $"{Path.Combine(Root(), "tests/MixPolicy.Compose.Tests/FirstVersion")}:/backup:ro",
            "--user", "0", "--entrypoint", "sh", "mixpolicy/agent:0.1.0", "-c", "cp -a /backup/. /data/ && chown -R 1654:1654 /data");
    }

    public Task<string> ComposeAsync(params string[] arguments) => DockerAsync(["compose", "--project-name", _project, "--project-directory", Root(), .. arguments]);

    /// <returns>What it wrote to its output.</returns>
    /// <exception cref="InvalidOperationException">It ended with another code than 0. The message has what it wrote.</exception>
    public static async Task<string> DockerAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("docker", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MIXPOLICY_TRAIN_ARGS"] = Small, ["MIXPOLICY_GRPC_PORT"] = "0", ["MIXPOLICY_HTTP_PORT"] = "0" },
        };
        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(token);
        var error = process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return process.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException($"docker {string.Join(' ', arguments)} ended with {process.ExitCode}: {await error}{await output}");
    }

    /// <summary>The id of a service's container, running or not.</summary>
    public Task<string> ContainerAsync(string service) => ComposeAsync("ps", "--all", "--quiet", service);

    public async Task<JsonNode> InspectAsync(string service) => JsonNode.Parse(await DockerAsync("inspect", await ContainerAsync(service)))![0]!;

    public async Task UntilAnEpochIsOverAsync()
    {
        while (!(await ComposeAsync("logs", "--no-log-prefix", "trainer")).Contains("epoch 0 ", StringComparison.Ordinal))
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for the end of the training.</summary>
    /// <returns>Its exit code, and what it printed.</returns>
    public async Task<(string Code, string Output)> TrainedAsync() =>
        (await DockerAsync("wait", await ContainerAsync("trainer")), await ComposeAsync("logs", "--no-log-prefix", "trainer"));

    /// <summary>The folders of the runs, copied out of the volume as docs/operations.md says, by age.</summary>
    public async Task<IReadOnlyList<string>> RunsAsync()
    {
        var copy = Path.Combine(_folder, $"{Guid.NewGuid():N}");
        await ComposeAsync("cp", "trainer:/runs", copy);
        return [.. Directory.GetDirectories(copy).Order(StringComparer.Ordinal)];
    }

    /// <summary>Asks the agent over its published port, with the trainer's key.</summary>
    public async Task<T> AskAsync<T>(Func<PolicyService.PolicyServiceClient, Task<T>> ask) => await AskAsync(ask, await TrainerKeyAsync());

    /// <summary>Asks the agent over its published port.</summary>
    /// <param name="key">Null for none.</param>
    public async Task<T> AskAsync<T>(Func<PolicyService.PolicyServiceClient, Task<T>> ask, string? key)
    {
        using var channel = GrpcChannel.ForAddress($"http://{await ComposeAsync("port", "agent", "5080")}");
        return await ask(new(channel.Intercept(metadata =>
        {
            if (key is not null)
            {
                metadata.Add("authorization", $"Bearer {key}");
            }

            return metadata;
        })));
    }

    /// <summary>The key that the agent has made for its trainer, read as docs/security.md says.</summary>
    public Task<string> TrainerKeyAsync() => ComposeAsync("exec", "-T", "agent", "cat", "/keys/trainer.key");

    /// <summary>Asks the agent's pages, with the trainer's key.</summary>
    public async Task<HttpClient> PagesAsync() => new()
    {
        BaseAddress = new($"http://{await ComposeAsync("port", "agent", "5081")}"),
        DefaultRequestHeaders = { Authorization = new("Bearer", await TrainerKeyAsync()) },
    };

    /// <summary>Runs the command line in the agent's container.</summary>
    public Task<string> CommandLineAsync(params string[] arguments) => ComposeAsync(["exec", "-T", "agent", "mixpolicy", .. arguments]);

    public async ValueTask DisposeAsync()
    {
        await ComposeAsync("down", "--volumes", "--timeout", "5");
        Directory.Delete(_folder, recursive: true);
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
