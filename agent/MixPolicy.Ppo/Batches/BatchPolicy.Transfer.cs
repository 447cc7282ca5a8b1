using MixPolicy.Ppo.Learning;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Batches;

public abstract partial class BatchPolicy
{
    public byte[] Export()
    {
        using var scope = NewDisposeScope();
        return PolicyFile.Write(Kind, Version, _parameters.Name(tensor(_actor.Weights)));
    }

    public void Import(ReadOnlyMemory<byte> file)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        WaitForUpdate();
        var own = _parameters.Name(_parameters.Values);
        var (version, saved) = PolicyFile.Read(file, Kind, own);
        foreach (var (name, view) in own)
        {
            view.copy_(saved[name]);
        }

        _adam.Reset();
        _actor = _createActor(_parameters.ToArray());
        (Version, _update, _adopted) = (version, null, []);
        _rollout = [];
        _runs.Clear();
    }
}
