using MixPolicy.Testing;
using MixPolicy.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace MixPolicy.Torch.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private const string Kind = "test-agent";

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly List<CheckpointRefusal> _refused = [];

    public static TheoryData<string> Files => ["weights.safetensors", "state.json", "raw.bin", "manifest.json", "manifest.sha256"];

    [Fact]
    public void LoadLatest_NothingSaved_IsNull() => Store().LoadLatest(_refused.Add).ShouldBeNull();

    [Fact]
    public void Save_ThenLoad_GivesEveryPartBack()
    {
        var store = Store();
        store.Save(42, Write(42));

        var reader = store.LoadLatest(_refused.Add).ShouldNotBeNull();

        reader.Step.ShouldBe(42);
        reader.SchemaVersion.ShouldBe(3);
        reader.Tensors("weights")["w"].data<float>().ToArray().ShouldBe([42f, 0.5f]);
        reader.Json<State>("state").ShouldBe(new State(42, double.PositiveInfinity, 0.1 + 0.2));
        reader.Bytes("raw").ShouldBe([1, 2, 3]);
        _refused.ShouldBeEmpty();
    }

    [Fact]
    public async Task Save_Captured_SavesWhatWasThereWhenItWasTaken()
    {
        using var weights = tensor(new[] { 1f, 2f });
        var captured = new CapturedCheckpoint(writer =>
        {
            writer.Tensors("weights", new Dictionary<string, Tensor> { ["w"] = weights });
            writer.Json("state", new State(7, 0, 1));
        });
        weights.zero_();
        var store = Store();

        await Task.Run(() => store.Save(7, captured.AddTo), TestContext.Current.CancellationToken);

        var reader = store.LoadLatest(_refused.Add).ShouldNotBeNull();
        reader.Tensors("weights")["w"].data<float>().ToArray().ShouldBe([1f, 2f]);
        reader.Json<State>("state").ShouldBe(new State(7, 0, 1));
        _refused.ShouldBeEmpty();
    }

    [Fact]
    public void Save_MoreThanKept_DeletesTheOldest()
    {
        var store = Store();
        foreach (var step in new long[] { 1, 2, 10, 11 })
        {
            store.Save(step, Write(step));
        }

        Names().ShouldBe(["step-000000000010", "step-000000000011"]);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void LoadLatest_LastTruncated_FallsBackAndSaysWhy(string file) => FallsBack(file, path =>
    {
        using var stream = new FileStream(path, FileMode.Open);
        stream.SetLength(stream.Length - 1);
    });

    [Theory]
    [MemberData(nameof(Files))]
    public void LoadLatest_LastHasAFlippedBit_FallsBackAndSaysWhy(string file) => FallsBack(file, path =>
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(path, bytes);
    });

    [Theory]
    [MemberData(nameof(Files))]
    public void LoadLatest_LastLacksAFile_FallsBackAndSaysWhy(string file) => FallsBack(file, File.Delete);

    [Fact]
    public void Save_WriterThatFails_ChangesNothing()
    {
        var store = Store();
        store.Save(1, Write(1));

        Should.Throw<InvalidOperationException>(() => store.Save(2, writer =>
        {
            writer.Bytes("raw", new byte[100]);
            throw new InvalidOperationException("out of memory, say");
        }));

        Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).ShouldBe(["step-000000000001"]);
        store.LoadLatest(_refused.Add)!.Step.ShouldBe(1);
    }

    [Fact]
    public void Save_AfterACrashThatLeftFolders_IgnoresThemThenCleansThem()
    {
        Store().Save(1, Write(1));
        var saving = Directory.CreateDirectory(_folder[".saving-0123"]).FullName;
        File.WriteAllText(Path.Combine(saving, "weights.safetensors"), "half");
        Directory.CreateDirectory(_folder[".deleting-step-000000000000"]);

        Store().LoadLatest(_refused.Add)!.Step.ShouldBe(1);
        Store().Save(2, Write(2));

        Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order().ShouldBe(["step-000000000001", "step-000000000002"]);
        _refused.ShouldBeEmpty();
    }

    [Fact]
    public void LoadLatest_EmptyFolderUnderAFinalName_FallsBack()
    {
        Store().Save(1, Write(1));
        Directory.CreateDirectory(_folder["step-000000000002"]);

        Store().LoadLatest(_refused.Add)!.Step.ShouldBe(1);

        _refused.ShouldHaveSingleItem().Reason.ShouldContain("manifest.json is missing");
    }

    [Fact]
    public void LoadLatest_FolderRenamedToAnotherStep_FallsBack()
    {
        Store().Save(1, Write(1));
        Store().Save(2, Write(2));
        Directory.Move(_folder["step-000000000002"], _folder["step-000000000009"]);

        Store().LoadLatest(_refused.Add)!.Step.ShouldBe(1);

        _refused.ShouldHaveSingleItem().Reason.ShouldContain("its manifest says step 2");
    }

    [Fact]
    public void LoadLatest_OtherKind_IsRefusedAndNeverDeleted()
    {
        new CheckpointStore(_folder.Path, "classifier", 3).Save(1, Write(1));

        Store().LoadLatest(_refused.Add).ShouldBeNull();
        for (var step = 2; step < 6; step++)
        {
            Store().Save(step, Write(step));
        }

        _refused.ShouldHaveSingleItem().Reason.ShouldContain("it is a checkpoint of 'classifier', expected is 'test-agent'");
        Names().ShouldBe(["step-000000000001", "step-000000000004", "step-000000000005"]);
    }

    [Fact]
    public void LoadLatest_NewerSchema_IsRefusedAndOlderIsLoaded()
    {
        new CheckpointStore(_folder.Path, Kind, 2).Save(1, Write(1));
        new CheckpointStore(_folder.Path, Kind, 4).Save(2, Write(2));

        Store().LoadLatest(_refused.Add)!.SchemaVersion.ShouldBe(2);

        _refused.ShouldHaveSingleItem().Reason.ShouldContain("its schema version is 4, this program reads up to 3");
    }

    [Fact]
    public void Save_SameStepAgain_TheNewerWins()
    {
        var store = Store();
        store.Save(7, writer => writer.Bytes("raw", new byte[] { 1 }));
        store.Save(7, writer => writer.Bytes("raw", new byte[] { 2 }));

        store.LoadLatest(_refused.Add)!.Bytes("raw").ShouldBe([2]);
    }

    [Fact]
    public void DeleteAfter_ForgetsWhatIsLaterAndOurs()
    {
        var store = Store();
        store.Save(1, Write(1));
        store.Save(2, Write(2));
        new CheckpointStore(_folder.Path, "classifier", 3).Save(4, Write(4));

        store.DeleteAfter(1);

        Names().ShouldBe(["step-000000000001", "step-000000000004"]);
        store.LoadLatest(_refused.Add)!.Step.ShouldBe(1);
    }

    [Fact]
    public void Save_AfterTheLastWasDamaged_KeepsTwoGoodOnes()
    {
        var store = Store();
        store.Save(1, Write(1));
        store.Save(2, Write(2));
        File.Delete(Path.Combine(_folder["step-000000000002"], "raw.bin"));

        var restarted = Store();
        restarted.LoadLatest(_refused.Add)!.Step.ShouldBe(1);
        restarted.Save(2, Write(2));
        restarted.Save(3, Write(3));

        Names().ShouldBe(["step-000000000002.1", "step-000000000003"]);
    }

    [Theory]
    [InlineData("../../escape.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("manifest.json")]
    [InlineData("a.exe")]
    public void LoadLatest_ManifestThatNamesAFileOutside_IsRefused(string name)
    {
        Directory.CreateDirectory(_folder["step-000000000001"]);
        new CheckpointManifest(Kind, 3, 1, new Dictionary<string, CheckpointFile> { [name] = new(0, "") }).Write(_folder["step-000000000001"]);

        Store().LoadLatest(_refused.Add).ShouldBeNull();

        _refused.ShouldHaveSingleItem().Reason.ShouldContain($"files: '{name}' is not the name of a file in a checkpoint");
    }

    [Fact]
    public void Reader_PartThatIsNotThere_NamesThoseThatAre()
    {
        Store().Save(1, Write(1));

        Should.Throw<CheckpointException>(() => Store().LoadLatest(_refused.Add)!.Tensors("optimiser"))
            .Message.ShouldContain("the checkpoint has no optimiser.safetensors; it has raw.bin, state.json, weights.safetensors");
    }

    [Fact]
    public void Reader_JsonOfAnotherShape_NamesTheFile()
    {
        Store().Save(1, Write(1));

        Should.Throw<CheckpointException>(() => Store().LoadLatest(_refused.Add)!.Json<int[]>("state")).Message.ShouldContain("state.json: it is not a Int32[]");
    }

    [Fact]
    public void Reader_JsonThatLacksAField_NamesFileAndField()
    {
        Store().Save(1, writer => writer.Json("state", new { Step = 1, Best = 2.0 }));

        var message = Should.Throw<CheckpointException>(() => Store().LoadLatest(_refused.Add)!.Json<State>("state")).Message;
        message.ShouldContain("state.json: it is not a State");
        message.ShouldContain("'rate'");
    }

    [Fact]
    public void Reader_JsonWithNullWhereNoneMayBe_NamesFileAndField()
    {
        Store().Save(1, writer => writer.Json("state", new { Name = (string?)null, Note = (string?)null }));

        var message = Should.Throw<CheckpointException>(() => Store().LoadLatest(_refused.Add)!.Json<Label>("state")).Message;
        message.ShouldContain("state.json: it is not a Label");
        message.ShouldContain("'Name'");
    }

    [Fact]
    public void Reader_JsonWithNullWhereItMayBe_IsRead()
    {
        Store().Save(1, writer => writer.Json("state", new Label("a", null)));

        Store().LoadLatest(_refused.Add)!.Json<Label>("state").ShouldBe(new("a", null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("Weights")]
    [InlineData("manifest")]
    public void Writer_NameThatIsNotAllowed_IsRefused(string name) =>
        Should.Throw<ArgumentException>(() => Store().Save(1, writer => writer.Bytes(name, default))).Message.ShouldContain("is not the name of a part");

    [Fact]
    public void Writer_PartGivenTwice_IsRefused() =>
        Should.Throw<ArgumentException>(() => Store().Save(1, writer =>
        {
            writer.Bytes("raw", default);
            writer.Bytes("raw", default);
        })).Message.ShouldContain("already has raw.bin");

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private void FallsBack(string file, Action<string> damage)
    {
        Store().Save(1, Write(1));
        Store().Save(2, Write(2));
        damage(Path.Combine(_folder["step-000000000002"], file));

        var reader = Store().LoadLatest(_refused.Add).ShouldNotBeNull();

        reader.Step.ShouldBe(1);
        reader.Tensors("weights")["w"].data<float>().ToArray().ShouldBe([1f, 0.5f]);
        var refusal = _refused.ShouldHaveSingleItem();
        refusal.Folder.ShouldEndWith("step-000000000002");
        refusal.Reason.ShouldContain(file);
    }

    private CheckpointStore Store() => new(_folder.Path, Kind, schemaVersion: 3);

    private static Action<CheckpointWriter> Write(long step) => writer =>
    {
        writer.Tensors("weights", new Dictionary<string, Tensor> { ["w"] = tensor(new[] { step, 0.5f }) });
        writer.Json("state", new State(step, double.PositiveInfinity, 0.1 + 0.2));
        writer.Bytes("raw", new byte[] { 1, 2, 3 });
    };

    private IEnumerable<string?> Names() => Directory.GetDirectories(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private sealed record State(long Step, double Best, double Rate);

    private sealed record Label(string Name, string? Note);
}
