using System.Text.Json;
using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Learning;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Ppo.Rollouts;
using MixPolicy.Testing;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Tests.Golden;

public sealed class LossGoldenTests
{
    private const double Relative = 1e-5;

    /// <summary>Rounding of float32 sums around 0, where a relative tolerance means nothing.</summary>
    private const double Absolute = 2e-6;

    public static TheoryData<string> Cases => PpoGolden.Cases("loss_");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Evaluate_GivesTheRecordedLogProbAndEntropy(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        using var network = Network(golden);
        var batch = Batch(golden);
        var rows = arange(batch.Count, dtype: ScalarType.Float32).unsqueeze(1);

        var (logProb, entropy) = Distribution(golden).Evaluate(network.Forward(rows).ActionParameters, tensor(batch.Actions).view(batch.Count, -1));

        ShouldMatch(logProb, golden.Outputs.GetProperty("log_prob"));
        ShouldMatch(entropy, golden.Outputs.GetProperty("entropy"));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_OneMinibatch_GivesTheRecordedLossesAndParameters(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        using var network = Network(golden);
        using var adam = new Adam(network.Parameters);
        var outputs = golden.Outputs;

        var diagnostics = PpoUpdate.Run(network, Distribution(golden), adam, Batch(golden), Options(golden), remaining: 1, new RandomStream(7));

        ShouldMatch(diagnostics[Diagnostics.PolicyLoss], outputs.GetProperty("policy_loss"));
        ShouldMatch(diagnostics[Diagnostics.ValueLoss], outputs.GetProperty("value_loss"));
        ShouldMatch(-diagnostics[Diagnostics.Entropy], outputs.GetProperty("entropy_loss"));
        ShouldMatch(diagnostics[Diagnostics.ApproximateKl], outputs.GetProperty("approx_kl"));
        ShouldMatch(diagnostics[Diagnostics.ClipFraction], outputs.GetProperty("clip_fraction"));
        ShouldMatch(diagnostics[Diagnostics.Total], outputs.GetProperty("loss"));
        ShouldMatch(diagnostics[Diagnostics.ExplainedVariance], outputs.GetProperty("explained_variance"));
        ShouldMatch(diagnostics[Diagnostics.GradientNorm], outputs.GetProperty("grad_norm"));
        foreach (var parameter in outputs.GetProperty("params_after_step").EnumerateObject().Where(parameter => parameter.Value.ValueKind == JsonValueKind.Object))
        {
            ShouldMatch(network.Parameters[parameter.Name], parameter.Value);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_WithoutGradientClipping_LeavesTheRecordedGradients(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        using var network = Network(golden);
        using var adam = new Adam(network.Parameters);

        PpoUpdate.Run(network, Distribution(golden), adam, Batch(golden), Options(golden) with { MaxGradientNorm = double.PositiveInfinity }, remaining: 1, new RandomStream(7));

        foreach (var gradient in golden.Outputs.GetProperty("grads_unclipped").EnumerateObject().Where(gradient => gradient.Value.ValueKind == JsonValueKind.Object))
        {
            ShouldMatch(network.Parameters[gradient.Name].grad!, gradient.Value);
        }
    }

    private static ActionDistribution Distribution(GoldenCase golden)
    {
        var width = golden.Inputs.GetProperty("dist_params").GetProperty("shape")[1].GetInt32();
        return golden.Meta.GetProperty("kind").GetString() switch
        {
            "categorical" => new Categorical(width),
            "multidiscrete" => new MultiDiscrete([.. golden.Meta.GetProperty("nvec").EnumerateArray().Select(count => count.GetInt32())]),
            "gaussian" => new DiagonalGaussian(width),
            var other => throw new InvalidDataException($"golden loss of unknown kind '{other}'"),
        };
    }

    private static FreeParameters Network(GoldenCase golden) => new([.. new[] { "dist_params", "values", "log_std" }
        .Where(name => golden.Inputs.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object)
        .Select(name => (Name: name, Tensor: GoldenCase.Tensor(golden.Inputs.GetProperty(name))))
        .Select(parameter => new InitialParameter(parameter.Name, parameter.Tensor.shape, parameter.Tensor.data<float>().ToArray()))]);

    private static TrainingBatch Batch(GoldenCase golden)
    {
        var (advantages, values) = (Numbers("advantages"), Numbers("old_values"));
        float[] rows = [.. Enumerable.Range(0, advantages.Length).Select(row => (float)row)];
        return new(rows, Numbers("actions"), Numbers("old_log_prob"), values, advantages) { Returns = Numbers("returns") };

        float[] Numbers(string name) => GoldenCase.Tensor(golden.Inputs.GetProperty(name)).to(ScalarType.Float32).data<float>().ToArray();
    }

    private static PpoOptions Options(GoldenCase golden) => new()
    {
        Epochs = 1,
        MinibatchSize = int.MaxValue,
        NormalizeAdvantages = golden.Meta.GetProperty("normalize_advantage").GetBoolean(),
        ClipRange = Schedule.Constant(golden.Meta.GetProperty("clip_range").GetDouble()),
        ValueClipRange = golden.Meta.GetProperty("clip_range_vf") is { ValueKind: JsonValueKind.Number } range ? Schedule.Constant(range.GetDouble()) : null,
        EntropyCoefficient = golden.Meta.GetProperty("ent_coef").GetDouble(),
        ValueCoefficient = golden.Meta.GetProperty("vf_coef").GetDouble(),
        MaxGradientNorm = golden.Meta.GetProperty("max_grad_norm").GetDouble(),
    };

    private static void ShouldMatch(double actual, JsonElement expected)
    {
        var number = GoldenCase.Number(expected);
        actual.ShouldBe(number, Absolute + (Relative * Math.Abs(number)));
    }

    private static void ShouldMatch(Tensor actual, JsonElement expected)
    {
        var recorded = GoldenCase.Tensor(expected);
        actual.shape.ShouldBe(recorded.shape);
        allclose(actual, recorded, Relative, Absolute).ShouldBeTrue($"largest difference {(actual - recorded).abs().max().item<float>()}");
    }
}
