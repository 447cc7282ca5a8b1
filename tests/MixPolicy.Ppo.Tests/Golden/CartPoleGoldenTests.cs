using MixPolicy.Ppo.Environments;
using MixPolicy.Testing;
using MixPolicy.Torch.Randomness;
using TorchSharp;

namespace MixPolicy.Ppo.Tests.Golden;

public sealed class CartPoleGoldenTests
{
    private const float Tolerance = 1e-6f;

    public static TheoryData<string> Cases => PpoGolden.Cases("cartpole_trace");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_AlongTheRecordedActions_GivesTheRecordedTrace(string path)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var trace in GoldenCase.Read(path).Outputs.EnumerateArray())
        {
            var environment = new CartPole { State = Numbers<double>("initial_state_f64") };
            var (actions, expected) = (Numbers<long>("actions"), Numbers<float>("observations"));
            var (rewards, terminated) = (Numbers<double>("rewards"), Numbers<bool>("terminated"));
            var observation = new float[4];

            for (var t = 0; t < actions.Length; t++)
            {
                var result = environment.Step([actions[t]], new RandomStream(0), observation);

                for (var i = 0; i < 4; i++)
                {
                    observation[i].ShouldBe(expected[((t + 1) * 4) + i], Tolerance);
                }

                (result.Reward, result.Terminated, result.Truncated).ShouldBe((rewards[t], terminated[t], false));
            }

            T[] Numbers<T>(string name)
                where T : unmanaged => GoldenCase.Tensor(trace.GetProperty(name)).data<T>().ToArray();
        }
    }
}
