using MixPolicy.Ppo.Rollouts;
using MixPolicy.Testing;
using TorchSharp;

namespace MixPolicy.Ppo.Tests.Golden;

public sealed class GaeGoldenTests
{
    private const float Tolerance = 1e-5f;

    public static TheoryData<string> Cases => PpoGolden.Cases("gae_");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compute_ByEnvironmentAndEpisode_GivesTheRecordedAdvantages(string path)
    {
        using var scope = torch.NewDisposeScope();
        var golden = GoldenCase.Read(path);
        var (gamma, lambda) = (golden.Meta.GetProperty("gamma").GetDouble(), golden.Meta.GetProperty("gae_lambda").GetDouble());
        var rewards = Columns("rewards");
        var values = Columns("values");
        var starts = Columns("episode_starts");
        var lastValues = GoldenCase.Tensor(golden.Inputs.GetProperty("last_values")).flatten().data<float>().ToArray();
        var dones = GoldenCase.Tensor(golden.Inputs.GetProperty("dones")).flatten().data<bool>().ToArray();
        var expectedAdvantages = Columns("advantages", golden.Outputs);
        var expectedReturns = Columns("returns", golden.Outputs);

        for (var env = 0; env < rewards.Length; env++)
        {
            var steps = rewards[env].Length;
            var advantages = new float[steps];
            for (int first = 0, end; first < steps; first = end)
            {
                end = first + 1;
                while (end < steps && starts[env][end] == 0)
                {
                    end++;
                }

                var terminated = end < steps || dones[env];
                GeneralizedAdvantage.Compute(
                    rewards[env].AsSpan()[first..end], values[env].AsSpan()[first..end], terminated ? 0 : lastValues[env], gamma, lambda, advantages.AsSpan()[first..end]);
            }

            for (var t = 0; t < steps; t++)
            {
                advantages[t].ShouldBe(expectedAdvantages[env][t], Tolerance);
                (advantages[t] + values[env][t]).ShouldBe(expectedReturns[env][t], Tolerance);
            }
        }

        float[][] Columns(string name, System.Text.Json.JsonElement? from = null)
        {
            var tensor = GoldenCase.Tensor((from ?? golden.Inputs).GetProperty(name));
            return [.. tensor.unbind(1).Select(column => column.contiguous().data<float>().ToArray())];
        }
    }
}
