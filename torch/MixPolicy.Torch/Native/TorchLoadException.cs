namespace MixPolicy.Torch.Native;

/// <summary>The native libraries of TorchSharp could not be loaded. The message says what is wrong and what to install or set.</summary>
public sealed class TorchLoadException(string message, Exception? inner = null) : Exception(message, inner);
