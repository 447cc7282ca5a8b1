namespace MixPolicy.EndToEnd.Tests;

/// <summary>A user's mistakes, as the user sees them.</summary>
public sealed class NonsenseTests
{
    [Theory]
    [InlineData(2, "error: --epochs is 'many'; allowed: a whole number from 1 to 1000000", "train", "--epochs", "many")]
    [InlineData(1, "error: ", "train", "--dataset", "cifar10", "--data", "/usr")]
    public async Task Train_WithNonsense_SaysWhatInOneLine(int code, string message, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("mixpolicy-nonsense-").FullName;
        try
        {
            using var trainer = TrainerProcess.Run([.. arguments, "--out", Path.Combine(folder, "run")]);
            (await trainer.EndAsync()).ShouldBe(code);
            trainer.Error.ShouldStartWith(message);
            trainer.Error.Trim().ShouldNotContain('\n');
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
