using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Randomness;
using MixPolicy.V1;

namespace MixPolicy.Agent.Policies;

/// <summary>The policy `random`: uniform over the methods, and over each head's range on its own scale (alpha: logarithmic).</summary>
public sealed class UniformPolicy(ChoiceSpace space) : IPolicy
{
    public long Version => 0;

    public Draw Decide(string run, int interval, float[] observation, ulong seed)
    {
        var random = new RandomStream(seed);
        var method = random.Below(space.Methods.Count);
        var choice = space.Choose(method, random.Uniform(), random.Uniform());
        var probability = 1.0 / space.Methods.Count;
        return new(
            choice,
            // log p = log(1/M) + log |du/dv|, the density over the unit interval being 1.
            Math.Log(probability) + space.LogUnitPerChoice(choice),
            Value: 0,
            space.Describe([.. space.Methods.Select(_ => probability)], method, (1, 1), (1, 1)));
    }

    public PolicyUpdate? Learn(string run, double? reward, float[] next, bool last) => null;

    public void Skip(string run, bool last)
    {
        // Nothing is open: this policy remembers no decision.
    }

    public void Save(CheckpointWriter writer)
    {
        // No decision depends on an earlier one.
    }

    public void Dispose()
    {
        // Holds nothing.
    }
}
