using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Observations;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Tests.Environments;

/// <summary>
/// Identity environments (after Stable-Baselines3's): the observation says what the action should be, a step earns up to 1, and an episode
/// is cut after <see cref="Length"/> steps. A learner that works solves them in a few thousand steps.
/// </summary>
/// <param name="draw">Draws a target and its observation.</param>
/// <param name="score">1 for the action the target asks for, less for others.</param>
internal sealed class Identity(
    ObservationSpace observations, ActionDistribution actions, Func<RandomStream, (float[] Target, float[] Observation)> draw, Func<float[], float[], double> score) : IEnvironment
{
    public const int Length = 20;

    private float[] _target = [];
    private int _steps;

    public ObservationSpace Observations => observations;

    public ActionDistribution Actions => actions;

    public double[] State
    {
        get => [.. _target.Select(x => (double)x), _steps];
        set => (_target, _steps) = ([.. value[..^1].Select(x => (float)x)], (int)value[^1]);
    }

    public static Identity Discrete(int count) => new(
        ObservationSpace.Vector(count),
        new Categorical(count),
        random => OneHot(random.Below(count), count),
        (target, action) => action[0] == target[0] ? 1 : 0);

    public static Identity Several(params int[] counts) => new(
        ObservationSpace.Vector(counts.Sum()),
        new MultiDiscrete(counts),
        random =>
        {
            var parts = counts.Select(count => OneHot(random.Below(count), count)).ToArray();
            return ([.. parts.SelectMany(part => part.Target)], [.. parts.SelectMany(part => part.Observation)]);
        },
        (target, action) => target.Zip(action, (t, a) => t == a ? 1.0 : 0.0).Average());

    public static Identity Bounded(float low, float high) => new(
        ObservationSpace.Vector(1),
        new BoundedBeta(low, high),
        random =>
        {
            var x = random.Uniform(0.1, 0.9);
            return ([(float)(low + ((high - low) * x))], [(float)((2 * x) - 1)]);
        },
        (target, action) => Closeness((target[0] - action[0]) / (high - low)));

    /// <summary>Unbounded: the target is twice the observation.</summary>
    public static Identity Gaussian() => new(
        ObservationSpace.Vector(1),
        new DiagonalGaussian(1),
        random =>
        {
            var x = (float)random.Uniform(-0.5, 0.5);
            return ([2 * x], [x]);
        },
        (target, action) => Closeness((target[0] - action[0]) / 2));

    /// <summary>Method 0 uses no number, method 1 the first, method 2 both; seen as a dictionary.</summary>
    public static Identity HybridWithMasks() => new(
        ObservationSpace.Dictionary(new("numbers", 2), new("method", 3)),
        new Hybrid(
            new Head("method", new Categorical(3)),
            new Head("first", new BoundedBeta(0, 1), new Gate("method", 1, 2)),
            new Head("second", new BoundedBeta(-1, 1), new Gate("method", 2))),
        random =>
        {
            var method = OneHot(random.Below(3), 3);
            var (first, second) = (random.Uniform(0.1, 0.9), random.Uniform(-0.8, 0.8));
            return ([method.Target[0], (float)first, (float)second], [.. method.Observation, (float)((2 * first) - 1), (float)second]);
        },
        (target, action) => action[0] != target[0] ? 0 : action[0] switch
        {
            0 => 1,
            1 => Closeness(target[1] - action[1]),
            _ => (Closeness(target[1] - action[1]) + Closeness((target[2] - action[2]) / 2)) / 2,
        });

    public void Reset(RandomStream random, Span<float> observation)
    {
        _steps = 0;
        Show(random, observation);
    }

    public StepResult Step(ReadOnlySpan<float> action, RandomStream random, Span<float> observation)
    {
        var reward = score(_target, action.ToArray());
        _steps++;
        Show(random, observation);
        return new(reward, Terminated: false, Truncated: _steps == Length);
    }

    private void Show(RandomStream random, Span<float> observation)
    {
        (_target, var shown) = draw(random);
        shown.CopyTo(observation);
    }

    /// <summary>1 at the target, 0 a quarter of the range away, so that always answering the middle earns nothing.</summary>
    private static double Closeness(float error) => 1 - (4 * Math.Abs(error));

    private static (float[] Target, float[] Observation) OneHot(int choice, int count)
    {
        var shown = new float[count];
        shown[choice] = 1;
        return ([choice], shown);
    }
}
