using System.Globalization;
using MixPolicy.Testing;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Torch.Tests.Checkpoints;

/// <summary>A real process that saves without end is killed with SIGKILL at random moments.</summary>
public sealed class KilledSaveTests
{
    private const int Kills = 12;

    [Fact]
    public async Task Save_KilledAtAnyMoment_LeavesTheLastDurableCheckpointOrALaterOneWhole()
    {
        using var folder = new TemporaryFolder();
        var random = new SplitMix64(2026);
        var interruptedSaves = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var durable = await SaveUntilKilled(folder.Path, random);
            interruptedSaves += Directory.GetDirectories(folder.Path, ".*").Length;

            var refused = new List<CheckpointRefusal>();
            var reader = new CheckpointStore(folder.Path, "probe", 1).LoadLatest(refused.Add).ShouldNotBeNull();

            refused.ShouldBeEmpty();
            reader.Step.ShouldBeInRange(durable, durable + 1);
            reader.Json<long>("state").ShouldBe(reader.Step);
            foreach (var part in (string[])["first", "second"])
            {
                reader.Bytes(part).AsSpan().ContainsAnyExcept((byte)reader.Step).ShouldBeFalse(part);
            }
        }

        // Else the kills all fell between saves and the test has shown nothing.
        interruptedSaves.ShouldBeGreaterThan(0);
        Directory.GetDirectories(folder.Path, "step-*").Length.ShouldBeLessThanOrEqualTo(3);
    }

    /// <returns>The last step the process reported durable.</returns>
    private static async Task<long> SaveUntilKilled(string root, SplitMix64 random)
    {
        var token = TestContext.Current.CancellationToken;
        using var process = ProbeProcess.Start(AppContext.BaseDirectory, new Dictionary<string, string>(), "save", root);
        long durable = 0;
        var stopAfter = 1 + (int)(random.NextUInt64() % 4);
        for (var saves = 0; saves < stopAfter; saves++)
        {
            var line = await process.StandardOutput.ReadLineAsync(token)
                ?? throw new InvalidOperationException($"the probe ended by itself: {await process.StandardError.ReadToEndAsync(token)}");
            durable = long.Parse(line, CultureInfo.InvariantCulture);
        }

        await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * 30), token);
        process.Kill();
        await process.WaitForExitAsync(token);
        while (await process.StandardOutput.ReadLineAsync(token) is { } line)
        {
            durable = long.TryParse(line, CultureInfo.InvariantCulture, out var step) ? step : durable;
        }

        return durable;
    }
}
