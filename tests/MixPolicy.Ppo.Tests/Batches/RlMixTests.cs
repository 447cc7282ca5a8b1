using MixPolicy.Ppo.Batches;
using MixPolicy.Ppo.Learning;
using MixPolicy.Torch.Safetensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MixPolicy.Ppo.Tests.Batches;

public sealed class RlMixTests
{
    [Fact]
    public void Network_PublishedSetting_HasThePublishedCountOfParameters()
    {
        using var scope = NewDisposeScope();
        using var policy = new RlMixPolicy(new() { Frozen = true }, seed: 1);

        var tensors = Weights(policy);

        tensors.Values.Sum(tensor => tensor.numel()).ShouldBe(7_521_243);

        // Stable-Baselines3 initialises the feature extractor too: orthogonal rows of length √2. Of 1000 × 64 it is the columns.
        var rows = cat([tensors["features.saliency.weight"], tensors["features.logits.weight"]], 1);
        allclose(matmul(rows, rows.t()), eye(256) * 2, rtol: 0, atol: 1e-4).ShouldBeTrue();
        tensors["policy.2.weight"].norm(0).max().item<float>().ShouldBe(0.01f, 1e-6f);
        tensors.Where(pair => pair.Key.EndsWith("bias", StringComparison.Ordinal)).ShouldAllBe(pair => pair.Value.abs().max().item<float>() == 0);
    }

    /// <summary>With fewer classes than 256 the two layers of the logits are one layer when acting; with more they are not.</summary>
    [Theory]
    [InlineData(6, 4)]
    [InlineData(6, 8)]
    [InlineData(300, 5)]
    public void Decide_IsThePublishedNetwork(int classes, int patches)
    {
        using var scope = NewDisposeScope();
        using var policy = Moved(new() { Images = 3, Classes = classes, Patches = patches, Bins = 4 });
        var observation = BatchWorld.Observation(3, 3, classes, patches);

        var draw = policy.Decide("run", 0, observation, seed: 4);

        // As it is written down, in PyTorch's own operations.
        var w = Weights(policy);
        var picture = conv2d(tensor(observation.Saliency, 1, 3, patches, patches), w["saliency.0.weight"], w["saliency.0.bias"]).relu();
        picture = conv2d(picture, w["saliency.1.weight"], w["saliency.1.bias"]).relu().flatten(1);
        var ofLogits = linear(tensor(observation.Logits, 1, 3, classes), w["logits.weight"], w["logits.bias"]).flatten(1);
        var both = cat([w["features.saliency.weight"], w["features.logits.weight"]], 1);
        var features = linear(cat([picture, ofLogits], 1), both, w["features.bias"]).relu();
        var logProbs = Head("policy", features).view(3, 4).log_softmax(1);
        draw.LogProbability.ShouldBe(Enumerable.Range(0, 3).Sum(image => logProbs[image, draw.Bins[image]].item<float>()), 1e-4f);
        draw.Value.ShouldBe(Head("value", features).item<float>(), 1e-4f);

        Tensor Head(string name, Tensor x)
        {
            x = linear(x, w[$"{name}.0.weight"], w[$"{name}.0.bias"]).tanh();
            return linear(linear(x, w[$"{name}.1.weight"], w[$"{name}.1.bias"]).tanh(), w[$"{name}.2.weight"], w[$"{name}.2.bias"]);
        }
    }

    /// <summary>The update's network is the acting one: its first step sees the ratio 1 everywhere.</summary>
    [Theory]
    [InlineData(6, 8)]
    [InlineData(6, 20)]
    [InlineData(300, 8)]
    public void Reward_FirstStepOfAnUpdate_SeesRatioOne(int classes, int rollout)
    {
        var options = BatchWorld.Options(new() { Images = 3, Classes = classes });
        using var policy = new RlMixPolicy(options with { Rollout = rollout, UpdateLag = 0, Ppo = options.Ppo with { Epochs = 1, MinibatchSize = rollout } }, seed: 2);
        var updates = new List<BatchUpdate>();
        for (var batch = 0; batch < 30; batch++)
        {
            policy.Decide("run", batch, BatchWorld.Observation((ulong)batch, 3, classes), (ulong)batch);
            if (policy.Rewarded("run", batch, [batch % 5], last: false, progress: 0.5) is { } update)
            {
                updates.Add(update);
            }
        }

        // Of 30 steps the last one waits for what follows it.
        updates.Count.ShouldBe(29 / rollout);
        updates.ShouldAllBe(update => Math.Abs(update.Diagnostics[Diagnostics.ApproximateKl]) < 1e-6 && update.Diagnostics[Diagnostics.ClipFraction] == 0);

        // lr₀ (1 − progress)^0.9
        updates[0].Diagnostics[Diagnostics.LearningRate].ShouldBe(3e-4 * Math.Pow(0.5, 0.9), 1e-12);
    }

    /// <summary>As Stable-Baselines3 does it: the value of what follows the rollout is the old policy's, the decision there the new one's.</summary>
    [Fact]
    public void Decide_AfterAFullRolloutWithoutLag_IsTheNewPolicys()
    {
        using var policy = new RlMixPolicy(BatchWorld.Faithful with { UpdateLag = 0 }, seed: 2);
        for (var batch = 0; batch < 8; batch++)
        {
            policy.Decide("run", batch, BatchWorld.Observation((ulong)batch), (ulong)batch).Version.ShouldBe(0);
            policy.Rewarded("run", batch, [1], last: false, progress: 0).ShouldBeNull();
        }

        policy.Decide("run", 8, BatchWorld.Observation(8), 8).Version.ShouldBe(1);
        policy.Rewarded("run", 8, [1], last: false, progress: 0)!.Version.ShouldBe(1);
    }

    /// <summary>A policy some updates old, so that no weight is a special one.</summary>
    private static RlMixPolicy Moved(RlMixOptions options)
    {
        var policy = new RlMixPolicy(options with { Rollout = 4, UpdateLag = 0, Ppo = options.Ppo with { Epochs = 5, LearningRate = new(0.01, 0) } }, seed: 2);
        for (var batch = 0; batch < 10; batch++)
        {
            policy.Decide("warm-up", batch, BatchWorld.Observation((ulong)batch, options.Images, options.Classes, options.Patches), (ulong)batch);
            policy.Reward("warm-up", batch, [batch % 3], last: false, progress: 0);
        }

        return policy;
    }

    private static IReadOnlyDictionary<string, Tensor> Weights(RlMixPolicy policy) =>
        SafetensorsFile.Read(new MemoryStream(policy.Export()), "export").Tensors;
}
