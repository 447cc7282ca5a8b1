using MixPolicy.Mixup;

namespace MixPolicy.Trainer.Training;

/// <summary>How the batches of an epoch are mixed.</summary>
public sealed record MixChoice(IMixupMethod Method, MixParameters Parameters);
