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

    /// <summary>Takes over a checkpoint, or refuses it and changes nothing.</summary>
    internal static long Restore(CheckpointReader reader, nn.Module network, Sgd optimizer, SessionIdentity identity)
    {
        using var scope = NewDisposeScope();
        var document = reader.Json<Document>("session");
        identity.MustEqual(document.Identity, reader.Folder);
        if (document.Step < 0)
        {
            throw new CheckpointException($"{reader.Folder}: session: step is {document.Step}; allowed are 0 or more");
        }

        (Tensor Source, Tensor Target)[] pairs = [.. Pair(reader, "momentum", optimizer.Momentum), .. Pair(reader, "network", network.state_dict())];
        Copy(pairs);
        return document.Step;
    }

    internal static void RestoreNetwork(CheckpointReader reader, nn.Module network)
    {
        using var scope = NewDisposeScope();
        Copy(Pair(reader, "network", network.state_dict()));
    }

    /// <summary>Each tensor with what the checkpoint has for it, all of them checked.</summary>
    private static List<(Tensor Source, Tensor Target)> Pair(CheckpointReader reader, string part, IReadOnlyDictionary<string, Tensor> into)
    {
        var pairs = new List<(Tensor Source, Tensor Target)>();
        var saved = reader.Tensors(part);
        foreach (var (name, target) in into)
        {
            if (!saved.TryGetValue(name, out var source) || !source.shape.SequenceEqual(target.shape) || source.dtype != target.dtype)
            {
                var found = source is null ? "missing" : $"{source.dtype} [{string.Join(", ", source.shape)}]";
                throw new CheckpointException($"{reader.Folder}: {part}: {name} is {found}; the network has {target.dtype} [{string.Join(", ", target.shape)}]");
            }

            pairs.Add((source, target));
        }

        return pairs;
    }

    /// <summary>Value by value, so that the tensors keep their memory order and their owners.</summary>
    private static void Copy(IEnumerable<(Tensor Source, Tensor Target)> pairs)
    {
        using var noGradient = no_grad();
        foreach (var (source, target) in pairs)
        {
            target.copy_(source);
        }
    }

    private sealed record Document(SessionIdentity Identity, long Step);
}
