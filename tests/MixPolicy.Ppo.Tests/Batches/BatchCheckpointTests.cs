using MixPolicy.Ppo.Batches;
using MixPolicy.Torch.Checkpoints;

namespace MixPolicy.Ppo.Tests.Batches;

public sealed class BatchCheckpointTests
{
    public static TheoryData<string, int> Turns
    {
        get
        {
            var turns = new TheoryData<string, int>();
            foreach (var turn in Enumerable.Range(0, 24))
            {
                turns.Add("rl_mix", turn);
                turns.Add("rl_mix_set", turn);
            }

            return turns;
        }
    }

    /// <summary>Every turn of two rollouts: in the middle of one, with an update that runs, with one that was adopted and not reported.</summary>
    [Theory]
    [MemberData(nameof(Turns))]
    public void Load_AtAnyTurn_GoesOnBitEqualToNotHavingStopped(string kind, int turn)
    {
        using var uninterrupted = BatchWorld.Policy(kind);
        var (expectedUpdates, actualUpdates) = (new List<BatchUpdate>(), new List<BatchUpdate>());
        BatchWorld.Drive(uninterrupted, 0, turn);

        // Another seed, so that nothing but the checkpoint can make them equal.
        using var resumed = BatchWorld.Policy(kind, seed: 4);
        BatchWorld.Copy(uninterrupted, resumed);

        var expected = BatchWorld.Drive(uninterrupted, turn, 40, expectedUpdates);
        BatchWorld.ShouldBeEqual(BatchWorld.Drive(resumed, turn, 40, actualUpdates), expected);
        actualUpdates.Select(update => update.Version).ShouldBe(expectedUpdates.Select(update => update.Version));
        actualUpdates.ShouldNotBeEmpty();
        BatchWorld.Hashes(resumed).ShouldBe(BatchWorld.Hashes(uninterrupted));
    }

    [Fact]
    public void Load_OfAnotherPolicy_IsRefusedAndChangesNothing()
    {
        using var policy = BatchWorld.Policy("rl_mix_set");
        BatchWorld.Drive(policy, 0, 20);
        var before = BatchWorld.Hashes(policy);

        Refuse(BatchWorld.Policy("rl_mix"), "its kind is rl_mix(images=5,classes=6,patches=5,bins=10); needed is rl_mix_set(patches=5,bins=10,methods=x+y+z)");
        Refuse(new RlMixSetPolicy(BatchWorld.Set with { Methods = [] }, 1), "methods=)");
        Refuse(new RlMixSetPolicy(BatchWorld.Set with { Methods = ["x", "z", "y"] }, 1), "methods=x+z+y");
        BatchWorld.Hashes(policy).ShouldBe(before);

        void Refuse(BatchPolicy other, string why)
        {
            using (other)
            {
                Should.Throw<CheckpointException>(() => BatchWorld.Copy(other, policy)).Message.ShouldContain(why);
            }
        }
    }
}
