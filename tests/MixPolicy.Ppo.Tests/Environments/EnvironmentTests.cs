using MixPolicy.Ppo.Environments;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Tests.Environments;

public sealed class EnvironmentTests
{
    [Fact]
    public void Acrobot_HangingStillWithoutTorque_StaysThere()
    {
        var acrobot = new Acrobot { State = [0, 0, 0, 0] };
        var observation = new float[6];

        var result = acrobot.Step([1], new RandomStream(0), observation);

        observation.Select(x => (double)x).ShouldBe([1, 0, 1, 0, 0, 0], 1e-12);
        result.ShouldBe(new StepResult(-1, Terminated: false));
    }

    [Fact]
    public void Acrobot_WithoutTorque_KeepsItsEnergy()
    {
        var acrobot = new Acrobot { State = [1, 0.5, 0, 0] };
        var before = Energy(acrobot.State);

        for (var step = 0; step < 20; step++)
        {
            acrobot.Step([1], new RandomStream(0), new float[6]);
        }

        // Four stages a step of 0.2 s leave a small error of the integrator.
        Energy(acrobot.State).ShouldBe(before, 0.05 * Math.Abs(before));
    }

    [Fact]
    public void Acrobot_TipAboveTheBarByALink_Ends()
    {
        var acrobot = new Acrobot { State = [Math.PI, 0, 0, 0] };

        acrobot.Step([1], new RandomStream(0), new float[6]).ShouldBe(new StepResult(0, Terminated: true));
    }

    [Fact]
    public void TimeLimit_AtItsLastStep_TruncatesAndStartsAgainAfterReset()
    {
        var environment = new TimeLimit(Identity.Discrete(2), 3);
        var random = new RandomStream(0);
        var observation = new float[2];
        environment.Reset(random, observation);

        var cut = Enumerable.Range(0, 3).Select(_ => environment.Step([0], random, observation).Truncated).ToArray();
        environment.Reset(random, observation);

        cut.ShouldBe([false, false, true]);
        environment.Step([0], random, observation).Truncated.ShouldBeFalse();
    }

    [Fact]
    public void VectorEnvironment_EpisodeEnds_GivesItsLastObservationAndShowsTheNextFirst()
    {
        var environments = new VectorEnvironment(() => new CartPole(), 2, seed: 5);
        float[] next;
        while (!environments.Step(0, [1], out next).Terminated)
        {
            next.ShouldBeSameAs(environments.Observation(0));
        }

        // Pushed one way only, the pole falls the other way, beyond 12 degrees; the next episode starts within 0.05.
        Math.Abs(next[2]).ShouldBeGreaterThan(0.2f);
        environments.Observation(0).ShouldAllBe(x => Math.Abs(x) <= 0.05f);
    }

    [Fact]
    public void VectorEnvironment_Copies_StartDifferently()
    {
        var environments = new VectorEnvironment(() => new CartPole(), 2, seed: 5);

        environments.Observation(0).ShouldNotBe(environments.Observation(1));
    }

    /// <summary>Kinetic plus potential, both links of mass 1, length 1, inertia 1 about their centres at ½.</summary>
    private static double Energy(double[] s)
    {
        var (a, b, u, w) = (s[0], s[0] + s[1], s[2], s[2] + s[3]);
        var squared = (u * u) + (0.25 * w * w) + (u * w * Math.Cos(s[1]));
        var kinetic = (0.5 * ((0.25 * u * u) + squared)) + (0.5 * ((u * u) + (w * w)));
        return kinetic - (9.8 * ((0.5 * Math.Cos(a)) + Math.Cos(a) + (0.5 * Math.Cos(b))));
    }
}
