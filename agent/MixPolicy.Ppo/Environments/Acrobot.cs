using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Observations;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Environments;

/// <summary>
/// Acrobot (Sutton 1996; dynamics of Sutton and Barto's book) with the constants and the Runge-Kutta step of Gymnasium's <c>Acrobot-v1</c>,
/// without its time limit: put it in a <see cref="TimeLimit"/> of <see cref="MaxSteps"/>. Actions: torque −1, 0, 1 N m on the joint between
/// two links. Observation: cos θ₁, sin θ₁, cos θ₂, sin θ₂, θ̇₁, θ̇₂. Reward: −1 a step until the tip is above the bar by one link, then 0.
/// </summary>
public sealed class Acrobot : IEnvironment
{
    public const int MaxSteps = 500;

    private const double Gravity = 9.8;
    private const double TimeStep = 0.2;
    private const double MaxSpin1 = 4 * Math.PI;
    private const double MaxSpin2 = 9 * Math.PI;
    private const double StartRange = 0.1;

    // Of both links: length 1 m, mass 1 kg, centre of mass at half, moment of inertia 1 kg m². Lengths and masses of 1 are left out below.
    private const double Centre = 0.5;
    private const double Inertia = 1;

    public ObservationSpace Observations { get; } = ObservationSpace.Vector(6);

    public ActionDistribution Actions { get; } = new Categorical(3);

    /// <summary>θ₁ (0 hangs down), θ₂ (relative to the first link), in rad, and their derivatives in rad/s.</summary>
    public double[] State { get; set; } = new double[4];

    public void Reset(RandomStream random, Span<float> observation)
    {
        State = [.. Enumerable.Range(0, 4).Select(_ => random.Uniform(-StartRange, StartRange))];
        Observe(observation);
    }

    public StepResult Step(ReadOnlySpan<float> action, RandomStream random, Span<float> observation)
    {
        var next = RungeKutta(State, torque: action[0] - 1);
        State = [Wrap(next[0]), Wrap(next[1]), Math.Clamp(next[2], -MaxSpin1, MaxSpin1), Math.Clamp(next[3], -MaxSpin2, MaxSpin2)];
        Observe(observation);
        var isUp = -Math.Cos(State[0]) - Math.Cos(State[1] + State[0]) > 1;
        return new(isUp ? 0 : -1, isUp);
    }

    /// <summary>One step of the classical fourth-order method.</summary>
    private static double[] RungeKutta(double[] s, double torque)
    {
        var k1 = Derivative(s, torque);
        var k2 = Derivative(Along(s, k1, TimeStep / 2), torque);
        var k3 = Derivative(Along(s, k2, TimeStep / 2), torque);
        var k4 = Derivative(Along(s, k3, TimeStep), torque);
        return [.. Enumerable.Range(0, 4).Select(i => s[i] + (TimeStep / 6 * (k1[i] + (2 * k2[i]) + (2 * k3[i]) + k4[i])))];
    }

    private static double[] Along(double[] s, double[] k, double h) => [s[0] + (h * k[0]), s[1] + (h * k[1]), s[2] + (h * k[2]), s[3] + (h * k[3])];

    private static double[] Derivative(double[] s, double torque)
    {
        var (angle1, angle2, spin1, spin2) = (s[0], s[1], s[2], s[3]);
        var (sin2, cos2) = (Math.Sin(angle2), Math.Cos(angle2));

        // Names d₁, d₂, φ₁, φ₂ as in the book.
        var d1 = (Centre * Centre) + (1 + (Centre * Centre) + (2 * Centre * cos2)) + (2 * Inertia);
        var d2 = (Centre * Centre) + (Centre * cos2) + Inertia;
        var phi2 = Centre * Gravity * Math.Cos(angle1 + angle2 - (Math.PI / 2));
        var phi1 = (-Centre * spin2 * spin2 * sin2) - (2 * Centre * spin2 * spin1 * sin2)
            + ((Centre + 1) * Gravity * Math.Cos(angle1 - (Math.PI / 2))) + phi2;
        var change2 = (torque + (d2 / d1 * phi1) - (Centre * spin1 * spin1 * sin2) - phi2) / ((Centre * Centre) + Inertia - (d2 * d2 / d1));
        var change1 = -((d2 * change2) + phi1) / d1;
        return [spin1, spin2, change1, change2];
    }

    private static double Wrap(double angle)
    {
        while (angle > Math.PI)
        {
            angle -= 2 * Math.PI;
        }

        while (angle < -Math.PI)
        {
            angle += 2 * Math.PI;
        }

        return angle;
    }

    private void Observe(Span<float> observation)
    {
        (observation[0], observation[1]) = ((float)Math.Cos(State[0]), (float)Math.Sin(State[0]));
        (observation[2], observation[3]) = ((float)Math.Cos(State[1]), (float)Math.Sin(State[1]));
        (observation[4], observation[5]) = ((float)State[2], (float)State[3]);
    }
}
