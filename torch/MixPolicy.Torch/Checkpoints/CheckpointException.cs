namespace MixPolicy.Torch.Checkpoints;

/// <summary>A checkpoint is torn, damaged, of another kind or newer than this program, or cannot be written. The message names the folder and what is wrong.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : Exception(message, inner);
