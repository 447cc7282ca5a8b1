using MixPolicy.V1;

namespace MixPolicy.Client.Tests.Package;

/// <summary>The usage sample of the package's README, line by line.</summary>
internal static class Sample
{
    public static async Task RunAsync(string address, int epochs, Func<int, Choice, Report> train, CancellationToken cancellationToken)
    {
        using var channel = AgentConnection.Open(new(address), AgentCredentials.FromEnvironment());
        var agent = new AgentSpec { Ppo = new(), Seed = 1 };
        var run = new RunSpec { Intervals = epochs, Classes = 10, PeakLearningRate = 0.1 };
        await using var session = new AgentSession(new(channel), new RunPlan(agent, run, "ppo", "my-data"));
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var steering = await session.DecideAsync(epoch, cancellationToken);
            session.Report(epoch, steering, train(epoch, steering.Choice));
        }

        await session.FinishAsync(epochs - 1, cancellationToken: cancellationToken);
    }
}
