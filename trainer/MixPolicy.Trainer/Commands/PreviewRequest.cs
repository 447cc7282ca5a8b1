namespace MixPolicy.Trainer.Commands;

/// <summary>What <c>preview</c> is asked for.</summary>
/// <param name="Dataset">shapes, cifar10 or cifar100.</param>
/// <param name="Data">Folder of its files; null for shapes.</param>
/// <param name="Model">The network whose saliency is used.</param>
/// <param name="Methods">Names of the mixup library.</param>
/// <param name="Seed">Of everything that is drawn.</param>
/// <param name="File">The PNG file.</param>
public sealed record PreviewRequest(string Dataset, string? Data, string Model, IReadOnlyList<string> Methods, long Seed, string File);
