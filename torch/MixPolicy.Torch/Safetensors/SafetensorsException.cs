namespace MixPolicy.Torch.Safetensors;

/// <summary>A safetensors file is damaged, hostile or holds what TorchSharp cannot, or tensors cannot be written as one. The message names the file and the field.</summary>
public sealed class SafetensorsException(string message, Exception? inner = null) : Exception(message, inner);
