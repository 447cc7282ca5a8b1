using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Observations;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Environments;

/// <summary>
/// CartPole (Barto, Sutton and Anderson 1983) with the constants and the Euler integrator of Gymnasium's <c>CartPole-v1</c>, without its time limit:
/// put it in a <see cref="TimeLimit"/> of <see cref="MaxSteps"/>. Actions: 0 left, 1 right. Observation: position m, velocity m/s, angle rad,
/// angular velocity rad/s. Reward: 1 a step.
/// </summary>
public sealed class CartPole : IEnvironment
{
    public const int MaxSteps = 500;

    private const double Gravity = 9.8;
    private const double PoleMass = 0.1;
    private const double TotalMass = 1 + PoleMass;
    private const double HalfLength = 0.5;
    private const double PoleMoment = PoleMass * HalfLength;
    private const double Force = 10;
    private const double TimeStep = 0.02;
    private const double MaxPosition = 2.4;
    private const double MaxAngle = 12 * 2 * Math.PI / 360;
    private const double StartRange = 0.05;

    public ObservationSpace Observations { get; } = ObservationSpace.Vector(4);

    public ActionDistribution Actions { get; } = new Categorical(2);

    public double[] State { get; set; } = new double[4];

    public void Reset(RandomStream random, Span<float> observation)
    {
        State = [.. Enumerable.Range(0, 4).Select(_ => random.Uniform(-StartRange, StartRange))];
        Observe(observation);
    }

    public StepResult Step(ReadOnlySpan<float> action, RandomStream random, Span<float> observation)
    {
        var (x, v, angle, spin) = (State[0], State[1], State[2], State[3]);
        var force = action[0] == 1 ? Force : -Force;
        var (sin, cos) = (Math.Sin(angle), Math.Cos(angle));

        // θ̈ = (g sin θ − cos θ · u) / (l (4/3 − m cos² θ / M)) with u = (F + m l θ̇² sin θ)/M          ẍ = u − m l θ̈ cos θ / M
        var u = (force + (PoleMoment * spin * spin * sin)) / TotalMass;
        var spinChange = ((Gravity * sin) - (cos * u)) / (HalfLength * ((4.0 / 3.0) - (PoleMass * cos * cos / TotalMass)));
        var acceleration = u - (PoleMoment * spinChange * cos / TotalMass);

        State = [x + (TimeStep * v), v + (TimeStep * acceleration), angle + (TimeStep * spin), spin + (TimeStep * spinChange)];
        Observe(observation);
        return new(1, Math.Abs(State[0]) > MaxPosition || Math.Abs(State[2]) > MaxAngle);
    }

    private void Observe(Span<float> observation)
    {
        for (var i = 0; i < 4; i++)
        {
            observation[i] = (float)State[i];
        }
    }
}
