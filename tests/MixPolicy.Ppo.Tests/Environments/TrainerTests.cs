using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Ppo.Training;
using MixPolicy.Torch.Checkpoints;

namespace MixPolicy.Ppo.Tests.Environments;

public sealed class TrainerTests : IDisposable
{
    private static readonly PpoOptions Options = new() { NormalizeObservations = true, Epochs = 2, LearningRate = Schedule.Linear(1e-3) };

    private readonly string _folder = Directory.CreateTempSubdirectory("mixpolicy-ppo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_InTheMiddleOfARollout_ContinuesBitEqual()
    {
        var (uninterrupted, learner) = Trainer(seed: 1);
        var store = new CheckpointStore(_folder, "ppo-test", 1);
        uninterrupted.TrainUntil(1_000, cancellationToken: TestContext.Current.CancellationToken);
        store.Save(uninterrupted.Steps, uninterrupted.Save);
        uninterrupted.TrainUntil(2_000, cancellationToken: TestContext.Current.CancellationToken);

        var (resumed, resumedLearner) = Trainer(seed: 2);
        resumed.Load(store.LoadLatest(refusal => throw new InvalidOperationException(refusal.ToString()))!);
        resumed.Steps.ShouldBe(1_000);
        resumed.TrainUntil(2_000, cancellationToken: TestContext.Current.CancellationToken);

        store.Save(1, uninterrupted.Save);
        store.Save(2, resumed.Save);
        FilesOf(2).ShouldBe(FilesOf(1));
        learner.Dispose();
        resumedLearner.Dispose();
    }

    [Fact]
    public void Load_OfAnotherNumberOfEnvironments_IsRefused()
    {
        var (trainer, learner) = Trainer(seed: 1);
        var store = new CheckpointStore(_folder, "ppo-test", 1);
        store.Save(0, trainer.Save);
        var (other, otherLearner) = Trainer(seed: 1, environments: 2);

        Should.Throw<CheckpointException>(() => other.Load(store.LoadLatest(_ => { })!)).Message.ShouldContain("needed are 2 environments");
        learner.Dispose();
        otherLearner.Dispose();
    }

    [Theory]
    [InlineData("trainer.json", "\"stepsInRollout\": 10", "\"stepsInRollout\": 11", "its rollout has 40 transitions; needed are 11 x 4")]
    [InlineData("trainer.json", "\"stepsInRollout\": 10,", "", "'stepsInRollout'")]
    [InlineData("trainer.json", "\"length\": ", "\"len\": ", "'length'")]
    [InlineData("rollout.json", "\"logProb\": -0.", "\"logProb\": \"NaN\", \"x\": -0.", "log_prob is NaN")]
    [InlineData("rollout.json", "\"open\": [", "\"open\": [ null,", "its rollout is not of 4 environments")]
    [InlineData("learner.json", "\"updates\": 0", "\"updates\": -1", "its counters are -1")]
    public void Load_OfADamagedPart_IsRefusedAndChangesNothing(string file, string old, string replacement, string why)
    {
        var (saved, learner) = Trainer(seed: 1);
        Steps(saved, 10);
        var store = new CheckpointStore(_folder, "ppo-test", 1);
        store.Save(1, saved.Save);
        var (other, otherLearner) = Trainer(seed: 2);
        Steps(other, 3);
        store.Save(2, other.Save);
        var before = FilesOf(2);
        Directory.Delete(Path.Combine(_folder, "step-000000000002"), recursive: true);
        var checkpoint = store.LoadLatest(_ => { })!;

        // After the files were verified, as a checkpoint that another program wrote whole would come.
        var path = Path.Combine(checkpoint.Folder, file);
        var text = File.ReadAllText(path);
        text.ShouldContain(old);
        File.WriteAllText(path, text.Replace(old, replacement, StringComparison.Ordinal));

        Should.Throw<CheckpointException>(() => other.Load(checkpoint)).Message.ShouldContain(why);

        store.Save(3, other.Save);
        FilesOf(3).ShouldBe(before);
        learner.Dispose();
        otherLearner.Dispose();
    }

    [Fact]
    public void Load_OfARolloutLongerThanItsOwn_UpdatesWithTheNextStep()
    {
        var (saved, learner) = Trainer(seed: 1);
        Steps(saved, 10);
        var store = new CheckpointStore(_folder, "ppo-test", 1);
        store.Save(1, saved.Save);
        var (other, otherLearner) = Trainer(seed: 2, stepsPerUpdate: 8);

        other.Load(store.LoadLatest(_ => { })!);

        other.Step().ShouldNotBeNull()[Diagnostics.Samples].ShouldBe(11 * 4);
        learner.Dispose();
        otherLearner.Dispose();
    }

    [Fact]
    public void TrainUntil_Cancelled_Stops()
    {
        var (trainer, learner) = Trainer(seed: 1);

        Should.Throw<OperationCanceledException>(() => trainer.TrainUntil(1_000, cancellationToken: new CancellationToken(canceled: true)));
        learner.Dispose();
    }

    private static (PpoTrainer Trainer, PpoLearner Learner) Trainer(ulong seed, int environments = 4, int stepsPerUpdate = 64)
    {
        var vector = new VectorEnvironment(() => new TimeLimit(new CartPole(), 30), environments, seed);
        var learner = new PpoLearner(vector.Observations, vector.Actions, Options, seed);
        return (new(learner, vector, new() { StepsPerUpdate = stepsPerUpdate, TotalSteps = 4_000, NormalizeRewards = true }, seed), learner);
    }

    private static void Steps(PpoTrainer trainer, int count)
    {
        for (var step = 0; step < count; step++)
        {
            trainer.Step();
        }
    }

    /// <summary>The parts of a checkpoint by name, without its manifest, which names the step.</summary>
    private Dictionary<string, string> FilesOf(int step) => Directory.GetFiles(Path.Combine(_folder, $"step-{step:D12}"))
        .Where(file => !Path.GetFileName(file).StartsWith("manifest", StringComparison.Ordinal))
        .ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(File.ReadAllBytes(file)));
}
