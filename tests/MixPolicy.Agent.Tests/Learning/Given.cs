using MixPolicy.Agent.Learning;
using MixPolicy.Agent.Learning.Validation;
using MixPolicy.Agent.Policies;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Learning;

/// <summary>Specs and reports that are valid, to be changed by a test.</summary>
internal static class Given
{
    public const string Run = "agents/a/runs/r";

    public static RunSpec RunSpec => new() { Intervals = 10, Classes = 10, PeakLearningRate = 0.2 };

    public static AgentSpec Agent(Action<AgentSpec>? change = null)
    {
        var spec = new AgentSpec { Random = new(), Seed = 7 };
        change?.Invoke(spec);
        return AgentSpecDefaults.Fill(spec);
    }

    public static ChoiceSpace Space(params Method[] methods) => new(Agent(spec => spec.ActionSpace = new() { Methods = { methods } }).ActionSpace);

    public static Report Report(int interval = 0, string run = Run) => new()
    {
        Decision = $"{run}/decisions/{interval}",
        Progress = (interval + 1) / 10.0,
        TrainLoss = 2,
        TrainTop1Weighted = 0.3,
        HoldoutLoss = 1.9,
        HoldoutTop1 = 0.35,
        HoldoutEce = 0.1,
        GradientNorm = 2,
        LearningRate = 0.1,
        GradientSimilarity = 0.5,
        ClientReward = 0.25,
    };

    public static AgentMind Mind(Action<AgentSpec>? change = null)
    {
        var mind = new AgentMind(Agent(change));
        mind.StartRun(Run, RunSpec);
        return mind;
    }
}
