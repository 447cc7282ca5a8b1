namespace MixPolicy.Trainer.Commands;

/// <summary>The command line asks for something that is not there. The message names option, value and what is allowed; the exit code is 2.</summary>
public sealed class UsageException(string option, string? value, string allowed)
    : Exception(value is null ? $"{option}: {allowed}" : $"{option} is '{value}'; allowed: {allowed}");
