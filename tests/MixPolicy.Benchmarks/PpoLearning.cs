using System.Diagnostics;
using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Ppo.Training;
using MixPolicy.Torch.Threads;

namespace MixPolicy.Benchmarks;

/// <summary>
/// Does PPO learn what published implementations learn, and how fast does it run? Settings and needed numbers are those of Stable-Baselines3 and its
/// zoo; each returned value is a mean over evaluation episodes with the policy's best actions on seeds that training never saw.
/// </summary>
public static class PpoLearning
{
    private const ulong EvaluationSeed = 1_000_000;
    private static readonly ulong[] Seeds = [0, 1, 2];

    private static readonly PpoOptions CartPoleZoo = new()
    {
        MinibatchSize = 256,
        Epochs = 20,
        Gamma = 0.98,
        GaeLambda = 0.8,
        LearningRate = Schedule.Linear(1e-3),
        ClipRange = Schedule.Linear(0.2),
    };

    private static readonly PpoOptions AcrobotZoo = new() { Epochs = 4, GaeLambda = 0.94, NormalizeObservations = true };

    public static IEnumerable<Measurement> Run()
    {
        // One thread: networks this small lose by sharing the work.
        using var thread = new ModelThread("ppo-learning", intraOpThreads: 1);
        yield return OnThread(Speed);
        foreach (var seed in Seeds)
        {
            yield return OnThread(() => Trained($"ppo-learning/cartpole-zoo/seed-{seed}", LimitedCartPole, 8, CartPoleZoo, 32, 100_000, seed, "at least 495"));
        }

        foreach (var seed in Seeds)
        {
            yield return OnThread(() => StepsToSolve(seed));
        }

        foreach (var seed in Seeds)
        {
            yield return OnThread(() => Trained($"ppo-learning/acrobot/seed-{seed}", LimitedAcrobot, 16, AcrobotZoo, 2048, 500_000, seed, "at least -100"));
        }

        Measurement OnThread(Func<Measurement> measure) => thread.RunAsync(measure).GetAwaiter().GetResult();
    }

    private static TimeLimit LimitedCartPole() => new(new CartPole(), CartPole.MaxSteps);

    private static TimeLimit LimitedAcrobot() => new(new Acrobot(), Acrobot.MaxSteps);

    /// <summary>Mean return over 100 episodes after the last step.</summary>
    private static Measurement Trained(
        string name, Func<IEnvironment> create, int environments, PpoOptions options, int stepsPerUpdate, long steps, ulong seed, string needed)
    {
        var start = Stopwatch.GetTimestamp();
        var vector = new VectorEnvironment(create, environments, seed);
        using var learner = new PpoLearner(vector.Observations, vector.Actions, options, seed);
        var trainer = new PpoTrainer(learner, vector, new() { StepsPerUpdate = stepsPerUpdate, TotalSteps = steps }, seed);
        trainer.TrainUntil(steps);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var mean = PolicyEvaluation.Run(learner, create(), 100, EvaluationSeed + seed).Average();
        return new(name, Runs: 100, Value: mean, Note: FormattableString.Invariant($"mean return after {trainer.Steps} steps; needed is {needed}; {seconds:F0} s of training"));
    }

    /// <summary>With Stable-Baselines3's defaults: the step of the first update after which 20 episodes all last 500 steps.</summary>
    private static Measurement StepsToSolve(ulong seed)
    {
        const long Steps = 51_200;
        var options = new PpoOptions();
        var vector = new VectorEnvironment(LimitedCartPole, 1, seed);
        using var learner = new PpoLearner(vector.Observations, vector.Actions, options, seed);
        var trainer = new PpoTrainer(learner, vector, new() { TotalSteps = 100_000 }, seed);
        long? solvedAt = null;
        var last = 0.0;
        trainer.TrainUntil(Steps, _ =>
        {
            last = PolicyEvaluation.Run(learner, LimitedCartPole(), 20, EvaluationSeed + seed).Average();
            solvedAt ??= last == CartPole.MaxSteps ? trainer.Steps : null;
        });
        return new(
            $"ppo-learning/cartpole-defaults/seed-{seed}",
            Runs: 20,
            Value: solvedAt,
            Note: FormattableString.Invariant($"steps until the evaluation is 500; needed is at most {Steps}; {last} after {trainer.Steps}"));
    }

    /// <summary>One environment, Stable-Baselines3's defaults, updates included.</summary>
    private static Measurement Speed()
    {
        const int Rollout = 2048;
        var options = new PpoOptions();
        var vector = new VectorEnvironment(LimitedCartPole, 1, 0);
        using var learner = new PpoLearner(vector.Observations, vector.Actions, options, 0);
        var trainer = new PpoTrainer(learner, vector, new() { StepsPerUpdate = Rollout, TotalSteps = 100_000 }, 0);
        var rollouts = Measurement.Time("ppo-learning/speed", () => trainer.TrainUntil(trainer.Steps + Rollout), runs: 15);
        return rollouts with
        {
            Value = Rollout / (rollouts.MedianMs / 1000),
            Note = "environment steps a second, updates included; needed is at least 4000; the milliseconds are of 2048 steps and their update",
        };
    }
}
