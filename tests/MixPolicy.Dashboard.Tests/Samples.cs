using MixPolicy.V1;

namespace MixPolicy.Dashboard.Tests;

/// <summary>Runs to look at.</summary>
internal static class Samples
{
    public const string Run = "agents/ppo-main/runs/seed-1";

    /// <summary>Two agents with three finished or running trainings each.</summary>
    public static async Task FillAsync(PolicyService.PolicyServiceClient client)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            await (await Training.StartAsync(client, "uniform", $"seed-{seed}", Training.Uniform(), seed: seed)).FinishAsync();
            var training = await Training.StartAsync(client, "ppo-main", $"seed-{seed}", Training.Ppo(), intervals: 60, seed: seed + 3);
            if (seed < 3)
            {
                await training.FinishAsync();
            }
            else
            {
                await training.ReportAsync(37);
            }
        }
    }
}
