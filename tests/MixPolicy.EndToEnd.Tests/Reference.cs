namespace MixPolicy.EndToEnd.Tests;

/// <summary>One training that nothing disturbs, with the agent in its process. The others must come out the same.</summary>
public sealed class Reference : IAsyncLifetime
{
    public const int Epochs = 5;

    private readonly string _root = Directory.CreateTempSubdirectory("mixpolicy-end-to-end-").FullName;

    public string Folder => Path.Combine(_root, "reference");

    public string Output { get; private set; } = "";

    public string this[string name] => Path.Combine(_root, name);

    public async ValueTask InitializeAsync()
    {
        using var trainer = TrainerProcess.Train(Folder, Epochs);
        (await trainer.EndAsync()).ShouldBe(0, trainer.Error);
        Output = trainer.Output;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return default;
    }

    /// <summary>The same decisions, the same numbers, the same weights.</summary>
    public void ShouldEqual(string folder)
    {
        RunFiles.Repeatable(folder).ShouldBe(RunFiles.Repeatable(Folder));
        RunFiles.LastWeights(folder).ShouldBe(RunFiles.LastWeights(Folder));
    }
}
