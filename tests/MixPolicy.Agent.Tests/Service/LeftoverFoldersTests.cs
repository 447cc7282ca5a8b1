using Microsoft.Extensions.Hosting;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Tests.Artifacts;

namespace MixPolicy.Agent.Tests.Service;

/// <summary>What a service leaves behind that dies between deleting an agent's rows and its folders.</summary>
public sealed class LeftoverFoldersTests
{
    private const string Leftover = "gone.0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task FoldersOfNoAgent_AreDeletedAtTheNextStart_AndNothingElseIs()
    {
        await using var service = await TestService.StartAsync();
        var started = await service.Client.StartAsync(Scripted.RandomAgent());
        await service.Client.DecideAsync(Scripted.Decide(started, 0));
        var picture = Picture.Png();
        await service.Client.UploadAsync(Picture.Header(started, picture), picture);
        await service.GoDownAsync();

        var (snapshots, artifacts) = (Path.Combine(service.DataFolder, "snapshots"), Path.Combine(service.DataFolder, "artifacts"));
        var live = Path.GetFileName(Directory.GetDirectories(artifacts).ShouldHaveSingleItem());
        Fill(Path.Combine(snapshots, live));
        // Of the same name, and another incarnation.
        var doomed = new[] { Path.Combine(snapshots, Leftover, "batches"), Path.Combine(artifacts, Leftover), Path.Combine(artifacts, $"a.{Guid.NewGuid():N}") };
        var outside = Path.Combine(service.DataFolder, "..", "elsewhere");
        string[] kept =
        [
            Path.Combine(artifacts, live), Path.Combine(snapshots, live), Path.Combine(artifacts, "notes"), Path.Combine(artifacts, "gone.0123"), Path.Combine(artifacts, Leftover.ToUpperInvariant()),
            Path.Combine(artifacts, $"{Leftover}.old"), Path.Combine(artifacts, $"-{Leftover}"), Path.Combine(service.DataFolder, Leftover), Path.Combine(service.DataFolder, "logs", Leftover), outside,
        ];
        Array.ForEach([.. doomed, .. kept], Fill);
        var link = Path.Combine(snapshots, "link.0123456789abcdef0123456789abcdef");
        Directory.CreateSymbolicLink(link, Path.GetFullPath(outside));
        var file = Path.Combine(snapshots, "file.0123456789abcdef0123456789abcdef");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        await service.ComeUpAsync();
        await LookedAsync(service);

        doomed.ShouldAllBe(path => !Directory.Exists(path));
        Directory.GetDirectories(snapshots).ShouldBe([link, Path.Combine(snapshots, live)], ignoreOrder: true);
        kept.ShouldAllBe(path => File.Exists(Path.Combine(path, "content")));
        File.Exists(file).ShouldBeTrue();
        Directory.GetFiles(Path.Combine(artifacts, live), "*.png").Length.ShouldBe(1);
    }

    [Fact]
    public async Task DatabaseWithoutAgents_MayBeTheWrongOne_SoNothingIsDeleted()
    {
        await using var service = await TestService.StartAsync();
        var path = Path.Combine(service.DataFolder, "artifacts", Leftover);
        Fill(path);

        await service.RestartAsync();
        await LookedAsync(service);

        File.Exists(Path.Combine(path, "content")).ShouldBeTrue();
    }

    private static void Fill(string path)
    {
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "content"), "");
    }

    private static Task LookedAsync(TestService service) => service.Get<IEnumerable<IHostedService>>().OfType<LeftoverFolders>().Single().ExecuteTask!;
}
