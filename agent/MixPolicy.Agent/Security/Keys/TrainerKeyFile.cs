using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Security.Access;

namespace MixPolicy.Agent.Security.Keys;

/// <summary>
/// Hands a trainer on the same machine, or in a container beside, its key through a file. A new one is made where the file holds none that works: at the first start,
/// after the database was lost, after the key was revoked.
/// </summary>
internal sealed partial class TrainerKeyFile(AgentOptions options, KeyStore keys, KeyCheck check, ILogger<TrainerKeyFile> logger) : IHostedLifecycleService
{
    private const string Owner = "trainer";
    private const string By = "the service, for its TrainerKeyFile";

    // The longest key and what an editor may have left behind it.
    private const int LargestFile = 200;

    /// <exception cref="SettingsException">The file cannot be read or written.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var path = options.TrainerKeyFile!;
        try
        {
            if (await HoldsAsync(path, cancellationToken))
            {
                return;
            }

            if ((await keys.ListAsync(cancellationToken)).Count == 0)
            {
                // Keys are new here: what there is was made before anybody was asked for one, by this very trainer.
                await keys.AdoptAsync(Owner, By);
            }

            var key = await keys.CreateAsync(Owner, Role.Trainer, expires: null, By);
            Write(path, key);
            Written(key.Id, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{AgentOptions.Section}:{nameof(options.TrainerKeyFile)} is '{path}', which cannot be used: {e.Message}", e);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> HoldsAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return false;
        }

        if (file.Length > LargestFile)
        {
            // Whatever that is, it is not ours to write over.
            throw new IOException("it is there and holds something other than a key");
        }

        var text = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        return text.Length > 0 && (await check.CheckAsync(text, path, cancellationToken)).Key is not null;
    }

    /// <summary>Whole or not at all: a trainer may be waiting for it.</summary>
    private static void Write(string path, ApiKey key)
    {
        var draft = $"{path}.new";
        File.Delete(draft);
        PrivateFiles.Write(draft, key.Reveal());
        File.Move(draft, path, overwrite: true);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "a new key {Key} for trainers is in {Path}")]
    private partial void Written(string key, string path);
}
