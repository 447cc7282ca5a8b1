namespace MixPolicy.Trainer.Commands;

/// <summary>What the command line asks for: a new training in a folder, or an old one taken up again.</summary>
/// <param name="Settings">All of them, stored ones included.</param>
/// <param name="Folder">The output folder.</param>
/// <param name="Resume">The folder holds a run that goes on.</param>
public sealed record TrainRequest(TrainSettings Settings, string Folder, bool Resume);
