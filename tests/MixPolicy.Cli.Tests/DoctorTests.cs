using System.Text.Json;

namespace MixPolicy.Cli.Tests;

public sealed class DoctorTests(CliService service) : IClassFixture<CliService>
{
    [Fact]
    public async Task AllIsWell_EndsWith0()
    {
        var (code, output, _) = await service.RunAsync("doctor", "--data-folder", service.DataFolder);
        code.ShouldBe(0, output);
        output.ShouldContain("ok       database: ");
        output.ShouldContain("ok       service: ");
    }

    [Fact]
    public async Task DatabaseIsDamaged_SaysSoAndWhatToDo()
    {
        var folder = Directory.CreateTempSubdirectory("mixpolicy-cli-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "agent.db"), "this is no database, and long enough to be read as one", TestContext.Current.CancellationToken);
        var (code, output, _) = await service.RunAsync("doctor", "--json", "--data-folder", folder.FullName);
        code.ShouldBe(1);
        var database = output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).Single(finding => finding.GetProperty("subject").GetString() == "database");
        database.GetProperty("verdict").GetString().ShouldBe("broken");
        database.GetProperty("what").GetString()!.ShouldContain("cannot be read");
        database.GetProperty("cure").GetString().ShouldNotBeNullOrEmpty();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task NothingListens_SaysHowToStartIt()
    {
        using var output = new StringWriter();
        // Port 1 is no one's.
        var code = await Tool.RunAsync(["doctor", "--agent", "http://127.0.0.1:1", "--data-folder", service.DataFolder], output, TextWriter.Null, TestContext.Current.CancellationToken);
        code.ShouldBe(1);
        output.ToString().ShouldContain("BROKEN   service: nothing answers at http://127.0.0.1:1/");
    }
}
