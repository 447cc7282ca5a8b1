namespace MixPolicy.Agent.Configuration;

/// <summary>The service cannot start as it is configured. The message says what to change.</summary>
public sealed class SettingsException(string message, Exception? inner = null) : Exception(message, inner);
