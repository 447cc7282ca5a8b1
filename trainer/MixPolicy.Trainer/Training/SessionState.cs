using MixPolicy.Torch.Checkpoints;
using MixPolicy.Trainer.Optimization;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training;

/// <summary>The parts of a session's checkpoint: <c>network</c>, <c>momentum</c>, <c>session</c>.</summary>
internal static class SessionState
{
    internal static void Save(CheckpointWriter writer, nn.Module network, Sgd optimizer, SessionIdentity identity, long step)
    {
        writer.Tensors("network", network.state_dict());
        writer.Tensors("momentum", optimizer.Momentum);
        writer.Json("session", new Document(identity, step));
    }

    internal static long Restore(CheckpointReader reader, nn.Module network, Sgd optimizer, SessionIdentity identity)
    {
        var document = reader.Json<Document>("session");
        identity.MustEqual(document.Identity, reader.Folder);
        Copy(reader, "momentum", optimizer.Momentum);
        RestoreNetwork(reader, network);
        return document.Step;
    }

    internal static void RestoreNetwork(CheckpointReader reader, nn.Module network) => Copy(reader, "network", network.state_dict());

    /// <summary>Copies value by value, so that the tensors keep their memory order and their owners.</summary>
    private static void Copy(CheckpointReader reader, string part, IReadOnlyDictionary<string, Tensor> into)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var saved = reader.Tensors(part);
        foreach (var (name, target) in into)
        {
            if (!saved.TryGetValue(name, out var source) || !source.shape.SequenceEqual(target.shape) || source.dtype != target.dtype)
            {
                var found = source is null ? "missing" : $"{source.dtype} [{string.Join(", ", source.shape)}]";
                throw new CheckpointException($"{reader.Folder}: {part}: {name} is {found}; the network has {target.dtype} [{string.Join(", ", target.shape)}]");
            }

            target.copy_(source);
        }
    }

    private sealed record Document(SessionIdentity Identity, long Step);
}
