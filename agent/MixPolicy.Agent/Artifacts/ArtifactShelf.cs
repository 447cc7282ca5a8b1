using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Artifacts;

/// <summary>A picture of a run.</summary>
/// <param name="Name">agents/{agent}/runs/{run}/artifacts/{artifact}</param>
/// <param name="Id">The {artifact} of its name.</param>
/// <param name="Interval">The interval it shows.</param>
/// <param name="Path">Where this service's HTTP port has it: what is there never changes.</param>
public sealed record ArtifactInfo(
    string Name,
    string Id,
    int Interval,
    string MediaType,
    long Size,
    string Sha256,
    string Caption,
    IReadOnlyDictionary<string, string> Labels,
    DateTimeOffset CreateTime,
    string Path);

/// <summary>Finds the pictures of runs. Thread-safe.</summary>
public sealed class ArtifactShelf(LogDatabase database, ArtifactFiles files)
{
    /// <summary>All pictures of a run, by interval and id; there are at most 1,000.</summary>
    /// <exception cref="RefusalException">There is no such run.</exception>
    public async Task<IReadOnlyList<ArtifactInfo>> ListAsync(RunName run, CancellationToken cancellationToken = default)
    {
        await using var context = database.Read();
        var rows = await context.Artifacts
            .Where(row => row.AgentId == run.Agent && row.RunId == run.Id)
            .OrderBy(row => row.Interval).ThenBy(row => row.Id)
            .ToListAsync(cancellationToken);
        return rows.Count > 0 || await context.Runs.Of(run).AnyAsync(cancellationToken) ? [.. rows.Select(Info)] : throw Refusal.NotFound(run.ToString());
    }

    /// <summary>The file of a picture.</summary>
    /// <param name="sha256">Of its bytes, lower-case hexadecimal.</param>
    /// <exception cref="RefusalException">The run has no such picture.</exception>
    public async Task<string> FileAsync(RunName run, string sha256, CancellationToken cancellationToken = default)
    {
        await using var context = database.Read();
        // By the row's own number, not by what was asked for: a path is never made of that.
        var found = await (
            from row in context.Artifacts
            where row.AgentId == run.Agent && row.RunId == run.Id && row.Sha256 == sha256
            join agent in context.Agents on row.AgentId equals agent.Id
            select new { row.Sha256, Agent = agent }).FirstOrDefaultAsync(cancellationToken);
        return found is null ? throw Refusal.NotFound($"A picture of {run} with this SHA-256") : files.PathOf(found.Agent, found.Sha256);
    }

    private static ArtifactInfo Info(ArtifactRow row)
    {
        var message = Artifact.Parser.ParseFrom(row.Message);
        return new(
            message.Name,
            row.Id,
            row.Interval,
            message.MediaType,
            row.Size,
            row.Sha256,
            message.Caption,
            message.Labels,
            message.CreateTime.ToDateTimeOffset(),
            $"/api/v1/agents/{row.AgentId}/runs/{row.RunId}/artifacts/{row.Sha256}.png");
    }
}
