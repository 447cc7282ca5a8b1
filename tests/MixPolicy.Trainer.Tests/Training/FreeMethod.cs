using MixPolicy.Mixup;
using MixPolicy.Mixup.Losses;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Tests.Training;

/// <summary>A method with any needs that keeps the batch it was given.</summary>
internal sealed class FreeMethod : IMixupMethod
{
    public MixupBatch? Seen { get; private set; }

    public string Name => "free";

    public bool UsesLambda => false;

    public bool UsesThreshold => false;

    public bool NeedsSaliency { get; init; }

    public bool NeedsFeatures { get; init; }

    public bool NeedsGradient { get; init; }

    public double CleanLossWeight { get; init; }

    public MixupLoss Loss { get; init; }

    public MixParameters Published { get; } = new();

    public Func<MixupBatch, MixedBatch> Mixing { get; init; } = batch => new(batch.Images.alias(), batch.Labels.alias());

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator)
    {
        Seen = new(Keep(batch.Images)!, Keep(batch.Labels)!, Keep(batch.Saliency)) { Features = Keep(batch.Features), Gradient = Keep(batch.Gradient), Scale = batch.Scale };
        return Mixing(batch);
    }

    private static Tensor? Keep(Tensor? tensor) => tensor?.clone().DetachFromDisposeScope();
}
