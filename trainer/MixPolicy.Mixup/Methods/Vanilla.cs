using static TorchSharp.torch;

namespace MixPolicy.Mixup.Methods;

/// <summary>No mixing: the clean batch as it is.</summary>
internal sealed class Vanilla : IMixupMethod
{
    public string Name => "vanilla";

    public bool UsesLambda => false;

    public bool UsesThreshold => false;

    public bool NeedsSaliency => false;

    public MixParameters Published { get; } = new();

    public MixedBatch Mix(MixupBatch batch, MixParameters parameters, Generator generator)
    {
        batch.Check(NeedsSaliency);
        return MixedBatch.Unmixed(batch).WithSmoothLabels(parameters);
    }
}
