using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;

namespace MixPolicy.Agent.Artifacts;

/// <summary>
/// The bytes of pictures: a folder an agent, a file a picture, named by its SHA-256. A file is there before its row is committed, so a row never lacks its file; one
/// without a row (a crash in between) is found again when the same picture comes. No part of a path is what a client sent.
/// </summary>
public sealed partial class ArtifactFiles(DataFolder folder, ILogger<ArtifactFiles> logger)
{
    /// <summary>Bytes that its disk has left. Tests say how many.</summary>
    internal Func<long> FreeBytes { get; set; } = () => new DriveInfo(folder.Root).AvailableFreeSpace;

    public string PathOf(AgentRow agent, string sha256) => Path.Combine(FolderOf(agent), $"{sha256}.png");

    /// <summary>Writes a file as a whole or not at all, durable when it returns.</summary>
    public void Write(AgentRow agent, string sha256, byte[] data)
    {
        var path = PathOf(agent, sha256);
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(FolderOf(agent));
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                file.Write(data);
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Deletes all of an agent's. What cannot be deleted stays until the next start: nobody will read it again.</summary>
    public void Delete(AgentRow agent)
    {
        var path = FolderOf(agent);
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Left(path, e);
        }
    }

    private string FolderOf(AgentRow agent) => Path.Combine(folder.Artifacts, AgentFolder.NameOf(agent));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} could not be deleted")]
    private partial void Left(string folder, Exception exception);
}
