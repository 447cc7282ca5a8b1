using System.Reflection;
using System.Text.Json;
using MixPolicy.Trainer.Commands;

namespace MixPolicy.Trainer.Records;

/// <summary><c>summary.json</c>: how the training ended.</summary>
/// <param name="BestEpoch">The epoch (from 0) with the best held-out top-1; the last one without held-out images.</param>
/// <param name="TestTop1">Of the best epoch, in [0, 1]; so are the next two.</param>
/// <param name="Decisions">Decisions of the agent that were followed: epochs, less those under the fallback or with mixup switched off.</param>
/// <param name="Seconds">Wall-clock time, over all resumes.</param>
/// <param name="Device">cpu or cuda.</param>
/// <param name="Commit">Source commit of the build; null where it was built outside a repository.</param>
/// <param name="Options">All settings.</param>
public sealed record Summary(
    int BestEpoch, double TestTop1, double TestTop5, double? Ece, int Decisions, double Seconds, string Device, string? Commit, TrainSettings Options)
{
    /// <summary>From the assembly's informational version, VERSION+COMMIT, which the SDK fills in.</summary>
    public static string? SourceCommit() =>
        typeof(Summary).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var commit] ? commit : null;

    internal void Write(string path) => AtomicFile.Write(path, JsonSerializer.Serialize(this, Json.Indented) + "\n");
}
