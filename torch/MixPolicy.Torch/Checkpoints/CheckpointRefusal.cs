namespace MixPolicy.Torch.Checkpoints;

/// <summary>A checkpoint that was passed over.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Reason">What is wrong with it, for a log.</param>
public sealed record CheckpointRefusal(string Folder, string Reason);
