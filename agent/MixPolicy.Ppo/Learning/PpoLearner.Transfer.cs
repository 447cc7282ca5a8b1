using static TorchSharp.torch;

namespace MixPolicy.Ppo.Learning;

public sealed partial class PpoLearner : ITransferablePolicy
{
    private const string Mean = "observations.mean";
    private const string Variance = "observations.variance";
    private const string Count = "observations.count";

    public string Kind =>
        $"ppo(observations={_observations.Description};actions={_actions.Description};hidden={string.Join(",", Options.HiddenLayers)};normalized={(Options.NormalizeObservations ? "yes" : "no")})";

    public byte[] Export()
    {
        using var scope = NewDisposeScope();
        return PolicyFile.Write(Kind, Updates, TransferredTensors());
    }

    public void Import(ReadOnlyMemory<byte> file)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (version, saved) = PolicyFile.Read(file, Kind, TransferredTensors());
        var moments = new Observations.MomentsState(
            saved[Mean].data<double>().ToArray(), saved[Variance].data<double>().ToArray(), saved[Count].item<double>());
        if (!moments.IsOf(_observations.Size))
        {
            throw new PolicyFileException("policy file: its observation statistics have a negative variance or a count of 0 or less");
        }

        foreach (var (name, view) in _network.Parameters.Views)
        {
            view.copy_(saved[name]);
        }

        _moments.State = moments;
        _adam.Reset();
        Updates = version;
        _network.Refresh();
    }

    private Dictionary<string, Tensor> TransferredTensors()
    {
        var tensors = _network.Parameters.Views.ToDictionary(parameter => parameter.Name, parameter => parameter.View, StringComparer.Ordinal);
        var (mean, variance, count) = _moments.State;
        tensors.Add(Mean, tensor(mean));
        tensors.Add(Variance, tensor(variance));
        tensors.Add(Count, tensor(new[] { count }));
        return tensors;
    }
}
