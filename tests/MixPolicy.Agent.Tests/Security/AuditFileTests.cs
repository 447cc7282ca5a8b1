using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Security.Audit;
using Serilog;
using Serilog.Core;

namespace MixPolicy.Agent.Tests.Security;

/// <summary>The audit log's files, written as the commands write them; the service's differ by name only.</summary>
public sealed class AuditFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mixpolicy-audit-").FullName;

    [Fact]
    public void File_ThatIsFull_IsFollowedByAnother_AndNothingIsLost()
    {
        const int Events = 120;
        var filler = new string('x', 100_000);
        using (var log = Open())
        {
            for (var i = 0; i < Events; i++)
            {
                log.ForContext(Constants.SourceContextPropertyName, AuditLog.Category).Information("event {Number} {Filler}", i, filler);
            }
        }

        var files = Files();
        files.Length.ShouldBe(2);
        // The event that reaches the limit is still written whole.
        files.ShouldAllBe(file => file.Length <= ServiceLog.LargestAuditFile + (2 * filler.Length));
        files.Sum(file => File.ReadLines(file.FullName).Count()).ShouldBe(Events);
    }

    [Fact]
    public void OldestFiles_BeyondThoseKept_AreDeleted()
    {
        using var folder = new DataFolder(_root);
        Directory.CreateDirectory(folder.Audit);
        var yesterday = DateTime.Now.AddDays(-1);
        for (var i = 1; i <= ServiceLog.AuditFilesKept + 20; i++)
        {
            File.WriteAllText(Path.Combine(folder.Audit, $"commands-{yesterday:yyyyMMdd}_{i:000}.jsonl"), "{}");
        }

        using (var log = Open())
        {
            log.ForContext(Constants.SourceContextPropertyName, AuditLog.Category).Information("one more");
        }

        var files = Files();
        files.Length.ShouldBe(ServiceLog.AuditFilesKept);
        files.ShouldNotContain(file => file.Name.EndsWith("_021.jsonl", StringComparison.Ordinal));
        files.ShouldContain(file => file.Name.EndsWith("_022.jsonl", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Logger Open()
    {
        var configuration = new LoggerConfiguration();
        ServiceLog.ConfigureCommand(configuration, DataFolder.Beside(_root));
        return configuration.CreateLogger();
    }

    private FileInfo[] Files() => new DirectoryInfo(DataFolder.Beside(_root).Audit).GetFiles("commands-*.jsonl");
}
