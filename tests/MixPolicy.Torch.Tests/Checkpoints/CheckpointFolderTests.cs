using MixPolicy.Testing;
using MixPolicy.Torch.Checkpoints;

namespace MixPolicy.Torch.Tests.Checkpoints;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Best => _folder["best"];

    [Fact]
    public void Save_OverAnOlderOne_ReplacesItAndLeavesNothingElse()
    {
        Save(1);
        Save(2);

        Load().Bytes("step").ShouldBe([2]);
        Directory.GetFileSystemEntries(_folder.Path).ShouldBe([Best]);
    }

    [Fact]
    public void Load_CrashBetweenTheTwoRenames_GivesTheOldOneAndTheNextSaveRepairs()
    {
        Save(1);
        Directory.Move(Best, _folder[".best.previous"]);
        Directory.CreateDirectory(_folder[".best.new-0123"]);

        Load().Bytes("step").ShouldBe([1]);
        Save(2);

        Load().Bytes("step").ShouldBe([2]);
        Directory.GetFileSystemEntries(_folder.Path).ShouldBe([Best]);
    }

    [Fact]
    public void Load_CrashBeforeTheOldOneWasDeleted_GivesTheNewOne()
    {
        Save(1);
        Directory.Move(Best, _folder[".best.previous"]);
        Save(2, "other");
        Directory.Move(_folder["other"], Best);

        Load().Bytes("step").ShouldBe([2]);
        Save(3);

        Directory.GetFileSystemEntries(_folder.Path).ShouldBe([Best]);
    }

    [Fact]
    public void Save_WriterThatFails_KeepsTheOldOne()
    {
        Save(1);

        Should.Throw<InvalidOperationException>(() => CheckpointFolder.Save(Best, "classifier", 1, 2, _ => throw new InvalidOperationException("no")));

        Load().Step.ShouldBe(1);
        Directory.GetFileSystemEntries(_folder.Path).ShouldBe([Best]);
    }

    [Fact]
    public void Load_NothingThere_SaysSo() =>
        Should.Throw<CheckpointException>(Load).Message.ShouldBe($"{Best}: there is no checkpoint.");

    [Fact]
    public void Load_FolderOfSomethingElse_SaysSo()
    {
        Directory.CreateDirectory(Best);
        File.WriteAllText(Path.Combine(Best, "holiday.jpg"), "");

        Should.Throw<CheckpointException>(Load).Message.ShouldContain("manifest.json is missing: this is not a whole checkpoint");
    }

    [Fact]
    public void Load_OtherKind_SaysBoth()
    {
        CheckpointFolder.Save(Best, "ppo-agent", 1, 1, writer => writer.Bytes("step", new byte[] { 1 }));

        Should.Throw<CheckpointException>(Load).Message.ShouldContain("it is a checkpoint of 'ppo-agent', expected is 'classifier'");
    }

    public void Dispose() => _folder.Dispose();

    private void Save(byte step, string name = "best") =>
        CheckpointFolder.Save(_folder[name], "classifier", 1, step, writer => writer.Bytes("step", new[] { step }));

    private CheckpointReader Load() => CheckpointFolder.Load(Best, "classifier", 1);
}
