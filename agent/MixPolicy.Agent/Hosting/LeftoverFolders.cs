using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;

namespace MixPolicy.Agent.Hosting;

/// <summary>
/// Deletes, after a start, the folders of agents that are not in the database: a service that dies in the middle of a deletion leaves them. Only what is named as such
/// a folder is, directly in one of the two places that have them, and no link.
/// </summary>
internal sealed partial class LeftoverFolders(DataFolder folder, LogDatabase database, ILogger<LeftoverFolders> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await DeleteAsync(stoppingToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Data.Common.DbException)
        {
            NotLooked(e);
        }
    }

    private async Task DeleteAsync(CancellationToken stoppingToken)
    {
        // Before the database is asked: an agent is committed before it has a folder, so what is here and not there belongs to nobody any more.
        List<DirectoryInfo> found = [.. Found(folder.Snapshots), .. Found(folder.Artifacts)];
        if (found.Count == 0)
        {
            return;
        }

        await using var log = database.ReadAll();
        var agents = await log.Agents.Select(agent => new { agent.Id, agent.Incarnation }).ToListAsync(stoppingToken);
        if (agents.Count == 0)
        {
            // More likely another database than that every agent's deletion was cut off; pictures could not be had back.
            Kept(found.Count);
            return;
        }

        var known = agents.Select(agent => AgentFolder.NameOf(agent.Id, agent.Incarnation)).ToHashSet(StringComparer.Ordinal);
        foreach (var leftover in found.Where(directory => !known.Contains(directory.Name)))
        {
            stoppingToken.ThrowIfCancellationRequested();
            Delete(leftover);
        }
    }

    private static IEnumerable<DirectoryInfo> Found(string place)
    {
        var root = new DirectoryInfo(place);
        return root.Exists && root.LinkTarget is null
            ? root.EnumerateDirectories().Where(directory => directory.LinkTarget is null && AgentFolder.IsName(directory.Name))
            : [];
    }

    private void Delete(DirectoryInfo leftover)
    {
        try
        {
            leftover.Delete(recursive: true);
            Deleted(leftover.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotDeleted(leftover.FullName, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Folder} was left of an agent that is deleted, and is deleted now")]
    private partial void Deleted(string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} was left of an agent that is deleted, and cannot be deleted")]
    private partial void NotDeleted(string folder, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "there are {Folders} folders of agents and no agent in the database: they are left as they are, in case it is the wrong one")]
    private partial void Kept(int folders);

    [LoggerMessage(Level = LogLevel.Warning, Message = "it could not be looked for what deleted agents have left")]
    private partial void NotLooked(Exception exception);
}
