using MixPolicy.Ppo.Learning;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Torch.Randomness;
using static TorchSharp.torch;

namespace MixPolicy.Ppo.Batches;

public abstract partial class BatchPolicy
{
    private const string Part = "batch-policy";
    private const string StepsPart = "batch-policy-steps";
    private const string ActingWeights = "acting.weights";
    private const string FirstMoment = "adam.first_moment";
    private const string SecondMoment = "adam.second_moment";

    public void Save(CheckpointWriter writer)
    {
        using var scope = NewDisposeScope();
        WaitForUpdate();
        var learned = _update?.Learned.GetAwaiter().GetResult();
        var tensors = SavedTensors();
        if (learned is not null)
        {
            tensors.Add(ActingWeights, tensor(_actor.Weights));
        }

        var numbers = new StepNumbers();
        var state = new BatchPolicyState(
            Kind, Version, _decisions, _episodes, _samples, _progress, _adam.Steps, _shuffle.State,
            [.. _rollout.Select(numbers.Write)],
            [.. _runs.Select(run => new BatchRunState(
                run.Key, run.Value.Episode, run.Value.LastBatch, [.. run.Value.Open.Select(numbers.Write)], run.Value.Tail is { } tail ? numbers.Write(tail) : null))],
            learned is null ? null : new(_update!.AdoptAt, learned.Diagnostics))
        {
            Untold = [.. _adopted],
        };
        writer.Tensors(Part, tensors);
        writer.Json(Part, state);
        writer.Bytes(StepsPart, numbers.Written);
    }

    public void Load(CheckpointReader reader)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var state = reader.Json<BatchPolicyState>(Part);
        Require(state.Kind == Kind, $"its kind is {state.Kind}; needed is {Kind}");
        Require(
            state.Version >= 0 && state.Decisions >= 0 && state.Episodes >= 0 && state.Samples >= 0 && state.AdamSteps >= 0 && state.Progress is >= 0 and <= 1,
            "a counter is negative or the progress is not from 0 to 1");
        Require(RandomStream.IsState(state.Shuffle), "its shuffling stream is not 4 words, not all zero");

        var saved = reader.Tensors(Part);
        var own = SavedTensors();
        if (state.Waiting is not null)
        {
            own.Add(ActingWeights, _parameters.Values);
        }

        var difference = TensorFit.Difference(own, saved);
        Require(difference is null, difference ?? "");
        var numbers = new StepNumbers.Reader(reader.Folder, reader.Bytes(StepsPart));
        var rollout = state.Rollout.Select(numbers.Read).ToList();
        var runs = state.Runs.Select(run => (Saved: run, Open: run.Open.Select(numbers.Read).ToArray(), Tail: run.Tail is { } tail ? numbers.Read(tail) : null)).ToArray();
        numbers.RequireEnd();

        WaitForUpdate();
        foreach (var (name, view) in SavedTensors())
        {
            view.copy_(saved[name]);
        }

        (Version, _decisions, _episodes, _samples, _progress) = (state.Version, state.Decisions, state.Episodes, state.Samples, state.Progress);
        (_adam.Steps, _shuffle.State, _rollout, _adopted) = (state.AdamSteps, state.Shuffle, rollout, state.Adopted is { } adopted ? [adopted, .. state.Untold] : [.. state.Untold]);
        var learned = _createActor(_parameters.ToArray());
        _actor = state.Waiting is null ? learned : _createActor(saved[ActingWeights].data<float>().ToArray());
        _update = state.Waiting is { } waiting ? new(waiting.AdoptAt, Task.FromResult(new LearnedWeights(learned, waiting.Diagnostics, TimeSpan.Zero))) : null;
        _runs.Clear();
        foreach (var (run, open, tail) in runs)
        {
            var restored = new BatchRun(run.Episode) { LastBatch = run.LastBatch, Tail = tail };
            Array.ForEach(open, restored.Open.Enqueue);
            _runs.Add(run.Run, restored);
        }

        void Require(bool isRight, string why)
        {
            if (!isRight)
            {
                throw new CheckpointException($"{reader.Folder}: batch policy: {why}");
            }
        }
    }

    /// <summary>Not while an update runs.</summary>
    private Dictionary<string, Tensor> SavedTensors() => new(_parameters.Name(_parameters.Values), StringComparer.Ordinal)
    {
        [FirstMoment] = _adam.FirstMoment,
        [SecondMoment] = _adam.SecondMoment,
    };
}
