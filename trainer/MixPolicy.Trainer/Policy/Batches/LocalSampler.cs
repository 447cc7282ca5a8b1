using Google.Protobuf;
using MixPolicy.Client;
using MixPolicy.Client.Transfer;
using MixPolicy.Ppo.Learning;
using MixPolicy.Torch.Randomness;
using MixPolicy.Trainer.Training.Batches;
using MixPolicy.V1;
using RlMixSetOptions = MixPolicy.Ppo.Batches.RlMixSetOptions;
using RlMixSetPolicy = MixPolicy.Ppo.Batches.RlMixSetPolicy;

namespace MixPolicy.Trainer.Policy.Batches;

/// <summary>The agent's policy in this process: draws what the agent would draw with the same updates behind it, from the same seeds. For any thread.</summary>
internal sealed class LocalSampler(LocalPlan plan) : IDisposable
{
    // The agent's default, which the trainer leaves as it is.
    private const int Bins = 10;

    private readonly Lock _guard = new();
    private RlMixSetPolicy? _policy;

    /// <summary>Updates behind it; −1 where none has been fetched yet.</summary>
    public long Version
    {
        get
        {
            lock (_guard)
            {
                return _policy?.Version ?? -1;
            }
        }
    }

    /// <summary>Decides by this policy from here on.</summary>
    /// <exception cref="PolicyException">It is not what the agent should have.</exception>
    public void Adopt(LearnedPolicy learned)
    {
        var options = new RlMixSetOptions { Patches = BatchSteeringPlan.Patches, Bins = Bins, Methods = [.. plan.Methods.Select(method => method.ToString())], Frozen = true };
        var fresh = new RlMixSetPolicy(options, seed: 0);
        try
        {
            fresh.Import(learned.Data);
        }
        catch (PolicyFileException e)
        {
            fresh.Dispose();
            throw new PolicyException($"The agent's policy cannot be used here: {e.Message}", e);
        }

        lock (_guard)
        {
            _policy?.Dispose();
            _policy = fresh;
        }
    }

    /// <param name="run">agents/{agent}/runs/{run}</param>
    /// <param name="view">As the agent will be told.</param>
    public BatchDecision Draw(string run, long batch, BatchView view)
    {
        var seen = new Ppo.Batches.BatchObservation(
            view.Images, view.Classes, view.Patches, view.Saliency, view.Logits, view.Losses, [.. view.Partners.Select(partner => (int)partner)], (float)view.Lambda);
        var id = run[(run.LastIndexOf('/') + 1)..];
        lock (_guard)
        {
            var draw = _policy!.Decide(run, batch, seen, SeedSequence.Derive(plan.Seed, id, batch));
            return new()
            {
                Batch = batch,
                Bins = ByteString.CopyFrom(draw.Bins),
                BinCount = Bins,
                Method = plan.Methods.Count == 0 ? Method.Unspecified : plan.Methods[draw.Method ?? 0],
                PolicyVersion = draw.Version,
                LogProbability = draw.LogProbability,
                Value = draw.Value,
            };
        }
    }

    public void Dispose()
    {
        lock (_guard)
        {
            _policy?.Dispose();
            _policy = null;
        }
    }
}
