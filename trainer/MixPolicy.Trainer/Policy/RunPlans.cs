using MixPolicy.Client;
using MixPolicy.Trainer.Commands;
using MixPolicy.Trainer.Policy.Batches;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy;

/// <summary>Which agent and run the settings of a training ask for.</summary>
internal static class RunPlans
{
    /// <param name="settings">Of the training.</param>
    /// <param name="classes">Of its data set.</param>
    /// <param name="launch">Of the run's ticket.</param>
    internal static RunPlan Of(TrainSettings settings, int classes, string launch) => new(
        AgentOf(settings, classes),
        new()
        {
            Intervals = settings.Epochs,
            Classes = classes,
            PeakLearningRate = settings.MaxLearningRate,
            Dataset = settings.Dataset,
            Network = settings.Model,
        },
        settings.Policy,
        $"{settings.Dataset}-s{settings.Seed}")
    {
        Source = settings.PolicyFrom is { } from ? new(from) : null,
        // Each training that starts from a learned policy starts from that, not from what an earlier one made of it.
        OwnLaunch = settings.PolicyFrom is null ? null : launch,
    };

    private static AgentSpec AgentOf(TrainSettings settings, int classes)
    {
        var spec = new AgentSpec { ActionSpace = new(), Seed = (ulong)settings.Seed, Reward = RewardNames.Of(settings.Reward), Frozen = settings.FreezePolicy };
        var methods = settings.Policy == "schedule" ? settings.Schedule.Select(e => e.Method).Distinct() : settings.Methods;
        spec.ActionSpace.Methods.AddRange(methods.Select(MethodOf));
        switch (settings.Policy)
        {
            case "ppo":
                spec.Ppo = new();
                break;
            case "random":
                spec.Random = new();
                break;
            case "fixed":
                spec.Fixed = new() { Choice = new() { Method = MethodOf(settings.Methods[0]) } };
                break;
            case "schedule":
                spec.Schedule = new();
                spec.Schedule.Entries.AddRange(settings.Schedule.Select(e => new SchedulePolicy.Types.Entry
                {
                    FromInterval = e.FromEpoch,
                    Choice = new() { Method = MethodOf(e.Method) },
                }));
                break;
            case "bandit":
                spec.Bandit = new();
                break;
            case BatchPolicyNames.RlMix:
                spec.RlMix = new() { Images = settings.BatchSize, Classes = classes, Patches = BatchSteeringPlan.Patches };
                break;
            case BatchPolicyNames.RlMixSet:
                spec.RlMixSet = new() { Patches = BatchSteeringPlan.Patches, ChooseMethod = settings.Methods.Count > 0 };
                break;
            default:
                throw new PolicyException($"There is no policy '{settings.Policy}'.");
        }

        return spec;
    }

    private static Method MethodOf(string name) => LibraryChoices.Find(name) ?? throw new PolicyException($"There is no method '{name}'; there are {string.Join(", ", MethodNames.All)}.");
}
