using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Networks;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Tests.Networks;

public sealed class NetworkTests
{
    [Theory]
    [InlineData("policy.0.weight", 64, 5, 1.4142135)]
    [InlineData("policy.1.weight", 64, 64, 1.4142135)]
    [InlineData("policy.2.weight", 3, 64, 0.01)]
    [InlineData("value.1.weight", 64, 64, 1.4142135)]
    [InlineData("value.2.weight", 1, 64, 1)]
    public void Weights_AreOrthogonalWithTheirGain(string name, int outputs, int inputs, double gain)
    {
        using var scope = NewDisposeScope();
        using var network = new MlpActorCritic(5, new Categorical(3), [64, 64], new RandomStream(1));
        var weight = network.Parameters[name].detach();
        weight.shape.ShouldBe([outputs, inputs]);

        var product = outputs <= inputs ? weight.mm(weight.t()) : weight.t().mm(weight);

        (product - (eye(Math.Min(outputs, inputs)) * (gain * gain))).abs().max().item<float>().ShouldBeLessThan(1e-5f);
        network.Parameters[name.Replace("weight", "bias", StringComparison.Ordinal)].abs().max().item<float>().ShouldBe(0);
    }

    [Fact]
    public void Infer_InPlainCode_IsForwardInTensors()
    {
        using var scope = NewDisposeScope();
        var random = new RandomStream(2);
        var distribution = new Hybrid(new Head("g", new DiagonalGaussian(2)), new Head("c", new Categorical(3)), new Head("h", new DiagonalGaussian(1)));
        using var network = new MlpActorCritic(5, distribution, [37, 64], random);
        using (no_grad())
        {
            // Away from the start, where the last layer is nearly 0 and the free parameters are 0.
            network.Parameters.Values.add_(tensor(Enumerable.Range(0, (int)network.Parameters.Values.numel()).Select(_ => (float)random.Gaussian() * 0.1f).ToArray()));
        }

        network.Refresh();
        float[] observation = [.. Enumerable.Range(0, 5).Select(_ => (float)random.Gaussian())];
        var plain = new float[distribution.ParameterCount];
        var value = network.Infer(observation, plain);

        var (parameters, values) = network.Forward(tensor(observation, 1, 5));

        parameters.data<float>().ToArray().ShouldBe(plain, 1e-5f);
        values.item<float>().ShouldBe(value, 1e-5f);
    }

    [Fact]
    public void Forward_FreeParameters_DoNotDependOnTheObservation()
    {
        using var scope = NewDisposeScope();
        using var network = new MlpActorCritic(4, new DiagonalGaussian(2), [8], new RandomStream(1));

        var (parameters, _) = network.Forward(randn(10, 4, generator: new Generator(1, device("cpu"))));

        parameters.narrow(1, 2, 2).abs().max().item<float>().ShouldBe(0);
        parameters.narrow(1, 0, 2).std(0).min().item<float>().ShouldBeGreaterThan(0);
    }
}
