using MixPolicy.Trainer.Records;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Reporting;

/// <summary>Everything a report shows.</summary>
/// <param name="Summary">How it ended.</param>
/// <param name="Epochs">In order, rewards filled in.</param>
/// <param name="Updates">Of the policy during this run, in order; empty for policies that do not learn.</param>
/// <param name="Pictures">What was mixed, by method.</param>
public sealed record ReportContent(Summary Summary, IReadOnlyList<EpochRecord> Epochs, IReadOnlyList<PolicyUpdate> Updates, IReadOnlyList<MixedPictures> Pictures);

/// <summary>Examples of one method.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Setting">The choice they were mixed with, for people.</param>
/// <param name="Examples">One an image.</param>
public sealed record MixedPictures(string Method, string Setting, IReadOnlyList<MixedPicture> Examples);

/// <summary>One mixed image and where it came from. Pictures are PNG files.</summary>
/// <param name="Own">The image itself, without its saliency and mask where the method uses none.</param>
/// <param name="Partner">The image it was mixed with; null where nothing was mixed.</param>
/// <param name="Share">The own image's share of every pixel, white for all of it; null where nothing was mixed.</param>
/// <param name="Result">The mixed image.</param>
/// <param name="Labels">Weight of each class in the mixed label, largest first, without those of no weight.</param>
public sealed record MixedPicture(SourcePicture Own, SourcePicture? Partner, byte[]? Share, byte[] Result, IReadOnlyList<(string Name, double Weight)> Labels);

/// <param name="Name">Its class.</param>
/// <param name="Image">PNG.</param>
/// <param name="Saliency">PNG, bright where the loss depends on the pixels most; null where the method does not look.</param>
/// <param name="Mask">PNG, bright for the cells that count as salient; null likewise.</param>
public sealed record SourcePicture(string Name, byte[] Image, byte[]? Saliency, byte[]? Mask);
