using MixPolicy.Testing;
using MixPolicy.Trainer.Networks;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Networks;

/// <summary>The published network with recorded weights: the logits it gave for the first batch, in training mode.</summary>
public sealed class RMixEnvironmentGoldenTests
{
    public static TheoryData<string> Cases => new(GoldenFolder.Cases("rmixenv", ["episode_"], "episode_"));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Forward_OfTheFirstBatch_GivesTheRecordedLogits(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        var weights = golden.Inputs.GetProperty("weights").EnumerateObject().ToDictionary(p => p.Name, p => GoldenCase.Tensor(p.Value));
        int[] blocks = [.. Enumerable.Range(1, 4).Select(stage => weights.Keys.Count(k => k.StartsWith($"layer{stage}.", StringComparison.Ordinal) && k.EndsWith("conv1.weight", StringComparison.Ordinal)))];
        using var network = new PreActResNet((int)weights["linear.bias"].shape[0], (int)weights["conv1.weight"].shape[0], blocks, new Generator(1));
        Load(network, weights);

        var images = GoldenCase.Tensor(golden.Inputs.GetProperty("batches")[0].GetProperty("images"));
        var logits = network.call(ChannelsLast.Of(images));

        var recorded = GoldenCase.Tensor(golden.Outputs.GetProperty("steps")[0].GetProperty("obs_logits"));
        logits.allclose(recorded, rtol: 1e-4, atol: 1e-6).ShouldBeTrue();
    }

    private static void Load(nn.Module network, Dictionary<string, Tensor> weights)
    {
        using var noGradient = no_grad();
        var state = network.state_dict();
        weights.Keys.Except(state.Keys).ShouldBeEmpty();
        foreach (var (name, value) in weights)
        {
            state[name].copy_(value);
        }
    }
}
