using MixPolicy.Ppo.Networks;
using MixPolicy.Ppo.Optimisation;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Tests.Golden;

/// <summary>A policy whose outputs are its parameters, as the golden losses were recorded: observation i is the number of its row.</summary>
internal sealed class FreeParameters(IReadOnlyList<InitialParameter> parameters) : IActorCritic
{
    public FlatParameters Parameters { get; } = new(parameters);

    public (Tensor ActionParameters, Tensor Values) Forward(Tensor observations)
    {
        var rows = observations.squeeze(1).to(ScalarType.Int64);
        var outputs = Parameters["dist_params"].index_select(0, rows);
        var values = Parameters["values"].index_select(0, rows).squeeze(1);
        return Parameters.Views.Any(view => view.Name == "log_std")
            ? (cat([outputs, Parameters["log_std"].expand(rows.shape[0], -1)], 1), values)
            : (outputs, values);
    }

    public float Infer(ReadOnlySpan<float> observation, Span<float> actionParameters) => throw new NotSupportedException("golden losses do not act");

    public void Refresh()
    {
    }

    public void Dispose() => Parameters.Dispose();
}
