namespace MixPolicy.Torch.Devices;

/// <summary>The device that was asked for cannot be used. The message says why and what to do.</summary>
public sealed class DeviceUnavailableException(string message) : Exception(message);
