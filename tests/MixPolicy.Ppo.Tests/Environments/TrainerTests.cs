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

    [Fact]
    public void TrainUntil_Cancelled_Stops()
    {
        var (trainer, learner) = Trainer(seed: 1);

        Should.Throw<OperationCanceledException>(() => trainer.TrainUntil(1_000, cancellationToken: new CancellationToken(canceled: true)));
        learner.Dispose();
    }

    private static (PpoTrainer Trainer, PpoLearner Learner) Trainer(ulong seed, int environments = 4)
    {
        var vector = new VectorEnvironment(() => new TimeLimit(new CartPole(), 30), environments, seed);
        var learner = new PpoLearner(vector.Observations, vector.Actions, Options, seed);
        return (new(learner, vector, new() { StepsPerUpdate = 64, TotalSteps = 4_000, NormalizeRewards = true }, seed), learner);
    }

    /// <summary>The parts of a checkpoint by name, without its manifest, which names the step.</summary>
    private Dictionary<string, string> FilesOf(int step) => Directory.GetFiles(Path.Combine(_folder, $"step-{step:D12}"))
        .Where(file => !Path.GetFileName(file).StartsWith("manifest", StringComparison.Ordinal))
        .ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(File.ReadAllBytes(file)));
}
