using MixPolicy.Agent.Learning;
using MixPolicy.Agent.Learning.Validation;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Learning;

public sealed class SavedMindTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"mixpolicy-mind-{Guid.NewGuid():N}");

    public static TheoryData<AgentSpec> Specs =>
    [
        new AgentSpec { Ppo = new() { Rollout = 6, Minibatch = 4, Epochs = 2 }, Seed = 1 },
        new AgentSpec { Ppo = new() { Rollout = 5, Epochs = 1 }, Seed = 2, ActionSpace = new() { Methods = { Method.CutTopPaste, Method.Vanilla } } },
        new AgentSpec { Bandit = new(), Seed = 3 },
        new AgentSpec { Random = new(), Seed = 4 },
        new AgentSpec { Fixed = new() { Choice = new() { Method = Method.RMix } } },
    ];

    [Theory]
    [MemberData(nameof(Specs), DisableDiscoveryEnumeration = true)]
    public void Restore_AtEveryPointOfALog_GoesOnBitEqual(AgentSpec given)
    {
        var spec = AgentSpecDefaults.Fill(given);
        var training = new SimulatedTraining(seed: 11, _ => 0.1, fallbacks: 0.15);
        using (var whole = new AgentMind(spec))
        {
            training.Train(whole, decisions: 20);
        }

        using var forward = new AgentMind(spec);
        for (var point = 0; point < training.Calls.Count; point++)
        {
            Save(forward);
            using (var restored = Restore(spec))
            {
                foreach (var (make, answer) in training.Calls.Skip(point))
                {
                    make(restored).ShouldBe(answer);
                }
            }

            training.Calls[point].Make(forward).ShouldBe(training.Calls[point].Answer);
        }
    }

    [Fact]
    public void Restore_OfABanditWithOtherArms_IsRefused()
    {
        using (var mind = Given.Mind(spec => spec.Bandit = new()))
        {
            Save(mind);
        }

        Should.Throw<CheckpointException>(() => Restore(Given.Agent(spec => spec.Bandit = new() { LambdaBins = 4 }))).Message.ShouldContain("arms");
    }

    [Fact]
    public void Restore_OfAPolicyOverOtherMethods_IsRefused()
    {
        using (var mind = Given.Mind(spec => spec.Ppo = new()))
        {
            Save(mind);
        }

        Should.Throw<CheckpointException>(() => Restore(Given.Agent(spec =>
        {
            spec.Ppo = new();
            spec.ActionSpace = new() { Methods = { Method.Vanilla, Method.Cutmix } };
        })));
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private void Save(AgentMind mind) => CheckpointFolder.Save(_folder, AgentMind.CheckpointKind, AgentMind.CheckpointSchema, 0, mind.Save);

    private AgentMind Restore(AgentSpec spec) =>
        AgentMind.Restore(spec, CheckpointFolder.Load(_folder, AgentMind.CheckpointKind, AgentMind.CheckpointSchema));
}
