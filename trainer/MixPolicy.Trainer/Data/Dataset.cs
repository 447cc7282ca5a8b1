namespace MixPolicy.Trainer.Data;

/// <summary>A labelled data set, ready to train on.</summary>
/// <param name="Name"><c>shapes</c>, <c>cifar10</c> or <c>cifar100</c>.</param>
/// <param name="Classes">The names of the K classes.</param>
public sealed record Dataset(string Name, ImageSet Train, ImageSet Test, IReadOnlyList<string> Classes, Normalisation Normalisation);
