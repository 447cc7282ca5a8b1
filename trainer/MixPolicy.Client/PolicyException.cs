namespace MixPolicy.Client;

/// <summary>The agent refused something, or said something this trainer cannot follow. The message is for the user.</summary>
public sealed class PolicyException(string message, Exception? inner = null) : Exception(message, inner);
