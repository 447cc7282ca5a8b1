using MixPolicy.Trainer.Records;
using MixPolicy.Trainer.Training;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Reporting;

/// <summary>Everything a report shows.</summary>
/// <param name="Summary">How it ended.</param>
/// <param name="Epochs">In order, rewards filled in.</param>
/// <param name="Updates">Of the policy during this run, in order; empty for policies that do not learn.</param>
/// <param name="Pictures">What was mixed, by method.</param>
public sealed record ReportContent(Summary Summary, IReadOnlyList<EpochRecord> Epochs, IReadOnlyList<PolicyUpdate> Updates, IReadOnlyList<MixedPictures> Pictures);

/// <summary>Examples of one method.</summary>
/// <param name="Setting">The choice they were mixed with, for people.</param>
/// <param name="BySaliency">The method looks at saliency, so it is worth showing.</param>
/// <param name="Examples">One an image.</param>
public sealed record MixedPictures(string Setting, bool BySaliency, IReadOnlyList<MixPicture> Examples);
