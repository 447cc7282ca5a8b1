namespace MixPolicy.Ppo.Learning;

/// <summary>A policy file cannot be taken over. The message is for the person who gave it.</summary>
public sealed class PolicyFileException(string message, Exception? inner = null) : Exception(message, inner);
