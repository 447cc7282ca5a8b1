using MixPolicy.Ppo.Distributions;
using MixPolicy.Ppo.Networks;
using MixPolicy.Ppo.Optimisation;
using MixPolicy.Ppo.Randomness;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Batches;

/// <summary>
/// What both batch policies share: drawing, the book of open decisions, the rollout, and updates beside the training.
/// <para>
/// A step enters the rollout when its reward is there and, with γ &gt; 0, the value of the run's next decision or the end of the episode. When the rollout is
/// full, its update starts on a thread of its own on weights of its own, and <see cref="BatchPolicyOptions.UpdateLag"/> decisions later, counted over all runs,
/// the policy that acts is replaced. If another rollout is full before that, the replacement comes at once. So what is decided depends on the
/// calls and on nothing else. With lag 0 the order is that of Stable-Baselines3: the value of what follows the rollout, the update, the next decision.
/// </para>
/// </summary>
public abstract partial class BatchPolicy : IBatchPolicy
{
    private readonly BatchPolicyOptions _options;
    private readonly FlatParameters _parameters;
    private readonly Func<float[], IBatchActor> _createActor;
    private readonly Adam _adam;
    private readonly RandomStream _shuffle;
    private readonly Dictionary<string, BatchRun> _runs = new(StringComparer.Ordinal);
    private List<BatchStep> _rollout = [];
    private IBatchActor _actor;
    private long _decisions;
    private long _episodes;
    private double _progress;
    private List<BatchUpdate> _adopted = [];

    private protected BatchPolicy(BatchPolicyOptions options, ulong seed, FlatParameters parameters, Func<float[], IBatchActor> createActor)
    {
        (_options, _parameters, _createActor) = (options, parameters, createActor);
        _adam = new(parameters);
        _shuffle = PpoStreams.Minibatches(seed);
        _actor = createActor(parameters.ToArray());
    }

    public abstract string Kind { get; }

    public long Version { get; private set; }

    public BatchDraw Decide(string run, long batch, BatchObservation observation, ulong seed)
    {
        var state = Open(run, batch);
        var encoded = Encode(observation);
        if (_options.Frozen)
        {
            var (frozenValue, frozenLogits) = Infer(encoded, observation.Images);
            Recycle(encoded);
            return Draw(frozenLogits, frozenValue, observation.Images, seed).Draw;
        }

        AdoptIfDue();
        var (value, logits) = Infer(encoded, observation.Images);
        if (Follow(state, value) && AdoptIfDue())
        {
            (value, logits) = Infer(encoded, observation.Images);
        }

        var (draw, logProbs) = Draw(logits, value, observation.Images, seed);
        Add(run, state, new(run, batch, state.Episode, encoded, draw.Bins, draw.Method, logProbs, value));
        return draw;
    }

    public void Take(string run, long batch, BatchObservation observation, BatchDraw taken)
    {
        var state = Open(run, batch);
        var encoded = Encode(observation);
        CheckTaken(taken, observation.Images);
        if (_options.Frozen)
        {
            return;
        }

        AdoptIfDue();
        if (Follow(state, taken.Value))
        {
            AdoptIfDue();
        }

        // Of each part under the policy as it is here; that of all together is what was taken, which may come from an earlier version.
        var (_, logits) = Infer(encoded, observation.Images);
        var logProbs = LogProbs(logits, observation.Images, taken.Bins, taken.Method);
        var excess = (taken.LogProbability - logProbs.Sum()) / logProbs.Length;
        Add(run, state, new(
            run, batch, state.Episode, encoded, [.. taken.Bins], taken.Method, [.. logProbs.Select(logProb => logProb + excess)], taken.Value));
    }

    public void Reward(string run, long batch, float[] rewards, bool last, double progress)
    {
        if (_options.Frozen)
        {
            return;
        }

        if (!_runs.TryGetValue(run, out var state) || !state.Open.TryPeek(out var step) || step.Batch != batch)
        {
            var allowed = state is { Open.Count: > 0 } ? $"{state.Open.Peek().Batch}" : "none: no decision of the run is open";
            throw new ArgumentException($"batch is {batch}; allowed is {allowed}", nameof(batch));
        }

        CheckRewards(rewards, step.Bins.Length);
        _progress = progress is >= 0 and <= 1 ? progress : throw new ArgumentException(FormattableString.Invariant($"progress is {progress}; allowed are 0 to 1"), nameof(progress));
        state.Open.Dequeue();
        (step.Rewards, step.Last) = ([.. rewards], last);
        if (last || !NeedsSuccessor)
        {
            Complete(step);
        }
        else if (state.Open.TryPeek(out var successor))
        {
            step.NextValue = successor.Value;
            Complete(step);
        }
        else
        {
            state.Tail = step;
        }
    }

    public IReadOnlyList<BatchUpdate> TakeUpdates()
    {
        var adopted = _adopted;
        _adopted = [];
        return adopted;
    }

    public void Drop(string run)
    {
        if (_runs.Remove(run, out var state))
        {
            foreach (var step in state.Open.Concat(state.Tail is { } tail ? [tail] : []))
            {
                Recycle(step.Observation);
            }
        }
    }

    public void Dispose()
    {
        WaitForUpdate();
        _thread?.Dispose();
        _adam.Dispose();
        _parameters.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Checks an observation and lays it out for <see cref="IBatchActor.Infer"/>; from the first number on it depends on nothing else.</summary>
    private protected abstract float[] Encode(BatchObservation observation);

    /// <summary>An encoded observation that is not needed any more.</summary>
    private protected virtual void Recycle(float[] observation)
    {
    }

    /// <summary>The gradient steps of an update, on its own thread.</summary>
    private protected abstract Dictionary<string, double> Learn(IReadOnlyList<BatchStep> rollout, Adam adam, RandomStream shuffle, double remaining);

    /// <summary>Whether B rewards may come.</summary>
    private protected abstract bool TakesRewardsOfImages { get; }

    /// <summary>0 where no method is chosen.</summary>
    private protected virtual int Methods => 0;

    private bool NeedsSuccessor => _options.Ppo.Gamma > 0;

    private BatchRun Open(string run, long batch)
    {
        var state = _runs.GetValueOrDefault(run);
        var previous = state?.LastBatch ?? -1;
        if (batch <= previous)
        {
            throw new ArgumentException($"batch is {batch}; allowed are {previous + 1} and more", nameof(batch));
        }

        if (state is { Open.Count: >= MostOpen })
        {
            throw new ArgumentException($"batch is {batch}, and {MostOpen} decisions of the run are without a reward; reward batch {state.Open.Peek().Batch} first", nameof(batch));
        }

        return state ?? new(_episodes);
    }

    private void Add(string run, BatchRun state, BatchStep step)
    {
        if (_runs.TryAdd(run, state))
        {
            _episodes++;
        }

        state.Open.Enqueue(step);
        state.LastBatch = step.Batch;
        _decisions++;
    }

    /// <summary>The value of what follows a run's last rewarded step has become known. Whether there was such a step.</summary>
    private bool Follow(BatchRun state, float value)
    {
        if (state.Tail is not { } tail)
        {
            return false;
        }

        state.Tail = null;
        tail.NextValue = value;
        Complete(tail);
        return true;
    }

    private void Complete(BatchStep step)
    {
        _rollout.Add(step);
        if (_rollout.Count >= _options.Rollout)
        {
            StartUpdate();
        }
    }

    private (float Value, float[] Logits) Infer(float[] encoded, int images)
    {
        var logits = new float[(images * _options.Bins) + Methods];
        return (_actor.Infer(encoded, logits), logits);
    }

    private (BatchDraw Draw, float[] LogProbs) Draw(float[] logits, float value, int images, ulong seed)
    {
        var random = new RandomStream(seed);
        var bins = new byte[images];
        for (var image = 0; image < images; image++)
        {
            bins[image] = (byte)Categorical.Draw(logits.AsSpan(image * _options.Bins, _options.Bins), random);
        }

        int? method = Methods > 0 ? Categorical.Draw(logits.AsSpan(images * _options.Bins), random) : null;
        var logProbs = LogProbs(logits, images, bins, method);
        return (new(bins, method, Version, logProbs.Sum(), value), logProbs);
    }

    private float[] LogProbs(ReadOnlySpan<float> logits, int images, byte[] bins, int? method)
    {
        var logProbs = new float[images + (Methods > 0 ? 1 : 0)];
        for (var image = 0; image < images; image++)
        {
            var ofImage = logits.Slice(image * _options.Bins, _options.Bins);
            logProbs[image] = (float)(ofImage[bins[image]] - Categorical.LogSumExp(ofImage));
        }

        if (method is { } chosen)
        {
            var ofMethod = logits[(images * _options.Bins)..];
            logProbs[images] = (float)(ofMethod[chosen] - Categorical.LogSumExp(ofMethod));
        }

        return logProbs;
    }
}
