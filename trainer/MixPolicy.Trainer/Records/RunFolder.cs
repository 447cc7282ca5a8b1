using System.Text.Json;
using MixPolicy.Client;
using MixPolicy.Trainer.Commands;

namespace MixPolicy.Trainer.Records;

/// <summary>The output folder of a training, and where things lie in it.</summary>
public sealed class RunFolder(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Database of the embedded agent.</summary>
    public string Agent => In("agent");

    public string Checkpoints => In("checkpoints");

    public string BestCheckpoint => In("checkpoints/best");

    public string TensorBoard => In("tb");

    public string Metrics => In("metrics.jsonl");

    public string Summary => In("summary.json");

    public string Report => In("report.html");

    /// <summary>The full text of the error a training ended with.</summary>
    public string ErrorLog => In("error.log");

    private string Settings => In("run.json");

    private string Ticket => In("agent.json");

    /// <summary>Keeps every other training out of the folder for as long as the result is not disposed; a killed process lets go.</summary>
    /// <exception cref="RunFolderException">Another process trains here, or nothing can be written here.</exception>
    public FileStream Lock()
    {
        try
        {
            Directory.CreateDirectory(Path);
            return new(In(".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            throw new RunFolderException($"Another training is at work in {Path}: wait for it, or stop it first.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"The output folder {Path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The settings a training was started with; null where none was.</summary>
    public TrainSettings? ReadSettings() => Read<TrainSettings>(Settings);

    public void WriteSettings(TrainSettings settings) => Write(Settings, settings);

    public RunTicket? ReadTicket() => Read<RunTicket>(Ticket);

    public void WriteTicket(RunTicket ticket) => Write(Ticket, ticket);

    private static void Write<T>(string file, T value) => AtomicFile.Write(file, JsonSerializer.Serialize(value, Json.Indented) + "\n");

    private static T? Read<T>(string file)
        where T : class
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<T>(File.ReadAllText(file), Json.Indented) : null;
        }
        catch (JsonException e)
        {
            throw new RunFolderException($"{file} is damaged: {e.Message}", e);
        }
    }

    // ERROR_SHARING_VIOLATION on Windows; elsewhere the errno of a lock that another holds, EWOULDBLOCK.
    private static bool IsSharingViolation(IOException e) =>
        e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);

    private string In(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>The output folder cannot be used. The message is for the user.</summary>
public sealed class RunFolderException(string message, Exception? inner = null) : Exception(message, inner);
