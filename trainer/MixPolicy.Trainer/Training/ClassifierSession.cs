using MixPolicy.Mixup;
using MixPolicy.Torch.Checkpoints;
using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Evaluation;
using MixPolicy.Trainer.Networks;
using MixPolicy.Trainer.Optimization;
using MixPolicy.Trainer.Training.Batches;
using TorchSharp;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training;

/// <summary>
/// One training of one classifier: owns the network, the optimiser, the schedule and the data. Everything random is a function of (seed, epoch, purpose), so an epoch
/// depends on the weights, the decision and its number alone, and a restored session goes on to the bit on a CPU (with the same number of threads).
/// All calls come from one <see cref="Torch.Threads.ModelThread"/>, construction included.
/// </summary>
public sealed class ClassifierSession : IDisposable
{
    /// <summary>Batches, from the start of an epoch, on which gradient similarity is measured when asked for.</summary>
    public const int SimilarityBatches = 4;

    /// <summary>Cells a side of the saliency grid that gradient similarity compares.</summary>
    private const int SimilarityPatches = 8;

    private readonly TrainingRecipe _recipe;
    private readonly Dataset _data;
    private readonly TimeProvider _time;
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly Sgd _optimizer;
    private readonly ISchedule _schedule;
    private readonly BatchLoader _train;
    private readonly BatchLoader _heldOut;
    private readonly BatchLoader _test;
    private readonly Device _device;
    private long _step;

    /// <exception cref="ArgumentException">The recipe does not hold: unknown network, a number outside its range, too few images for a batch.</exception>
    public ClassifierSession(TrainingRecipe recipe, Dataset data, Device device, TimeProvider time)
    {
        recipe.Check();
        (_recipe, _data, _device, _time) = (recipe, data, device, time);
        var parts = HoldOut.Split(data.Train, recipe.HoldOutFraction, recipe.Seed);
        _train = new(parts.Train, data.Normalisation, device);
        _heldOut = new(parts.HeldOut, data.Normalisation, device);
        _test = new(data.Test, data.Normalisation, device);
        BatchesPerEpoch = EpochPlan.Training(parts.Train.Count, recipe.BatchSize, recipe.Seed, 1).Batches;
        if (BatchesPerEpoch * recipe.Epochs < 2)
        {
            throw new ArgumentException($"{parts.Train.Count} training images in batches of {recipe.BatchSize} make {BatchesPerEpoch} batches an epoch; at least 2 steps are needed", nameof(recipe));
        }

        using var weights = new Generator(RandomPurpose.Weights.SeedOf(recipe.Seed));
        _network = ClassifierNetworks.Create(recipe.Model, data.Classes.Count, weights).to(device);
        _optimizer = new(_network.named_parameters(), recipe.WeightDecay);
        _schedule = recipe.Schedule == LearningRateSchedule.OneCycle
            ? new OneCycle(recipe.MaxLearningRate ?? OneCycle.PublishedMaxLearningRate, (long)BatchesPerEpoch * recipe.Epochs)
            : MultiStep.Published(recipe.Epochs, BatchesPerEpoch, recipe.MaxLearningRate ?? MultiStep.PublishedLearningRate);
    }

    /// <summary>Steps in an epoch.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>Images trained on, held out, and tested on.</summary>
    public (int Train, int HeldOut, int Test) Images => (_train.Images.Count, _heldOut.Images.Count, _test.Images.Count);

    /// <summary>Epochs done.</summary>
    public int EpochsDone => (int)(_step / BatchesPerEpoch);

    /// <summary>Trains one epoch. Cancelled or diverged, it leaves the session unfit to go on with: restore a checkpoint.</summary>
    /// <param name="epoch">From 1; the one after <see cref="EpochsDone"/>.</param>
    /// <param name="choice">How to mix.</param>
    /// <param name="measureSimilarity">Measures <see cref="EpochResult.GradientSimilarity"/> on the first batches, at the price of two more passes for each.</param>
    /// <param name="progress">Called after every batch, on this thread.</param>
    /// <exception cref="TrainingDivergedException">The loss is NaN or infinite.</exception>
    public EpochResult TrainEpoch(int epoch, MixChoice choice, bool measureSimilarity, Action<EpochProgress>? progress, CancellationToken cancellationToken)
    {
        if (epoch != EpochsDone + 1 || epoch > _recipe.Epochs)
        {
            throw new ArgumentOutOfRangeException(nameof(epoch), epoch, $"{EpochsDone} of {_recipe.Epochs} epochs are done; the next is the only one allowed");
        }

        var tally = new EpochTally(_time);
        var plan = EpochPlan.Training(_train.Images.Count, _recipe.BatchSize, _recipe.Seed, epoch);
        using var mixing = new Generator(RandomPurpose.Mixing.SeedOf(_recipe.Seed, epoch));
        using var steered = choice.Steering is null ? null : Steered(choice, Source(plan, choice, mixing), epoch, tally, cancellationToken);
        _network.train();
        for (var batch = 0; batch < plan.Batches; batch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (images, loss, top1, norm) = steered?.Step(batch, _schedule.At(_step))
                ?? Step(_train.Load(plan, batch), choice, mixing, measureSimilarity && batch < SimilarityBatches, tally);
            if (!double.IsFinite(loss) || !double.IsFinite(norm))
            {
                throw new TrainingDivergedException(epoch, batch + 1, double.IsFinite(loss) ? norm : loss);
            }

            _step++;
            tally.AddStep(images, loss, top1, norm);
            progress?.Invoke(tally.Progress(plan.Batches));
        }

        return tally.Result(_schedule.At(_step - 1).LearningRate) with { Batches = steered?.Tally };
    }

    /// <summary>Measures the network on a part of the data.</summary>
    /// <exception cref="InvalidOperationException">The part has no images.</exception>
    public EvaluationResult Evaluate(DataPart part, CancellationToken cancellationToken)
    {
        // In batches as large as those of training: their blocks of memory are there already.
        var loader = part == DataPart.HeldOut ? _heldOut : _test;
        return loader.Images.Count > 0
            ? Evaluator.Evaluate(_network, loader, _recipe.BatchSize, cancellationToken)
            : throw new InvalidOperationException($"there are no {part} images to measure on");
    }

    /// <summary>Saves the whole state: weights and running statistics, momentum, and what a session must agree on to go on from it.</summary>
    public void Save(CheckpointWriter writer) => SessionState.Save(writer, _network, _optimizer, SessionIdentity.Of(_recipe, _data), _step);

    /// <summary>Takes the state back.</summary>
    /// <exception cref="CheckpointException">It belongs to another training, or lacks a part; the message says what differs.</exception>
    public void Restore(CheckpointReader reader)
    {
        // A step that diverged left its gradients.
        _optimizer.DropGradients();
        _step = SessionState.Restore(reader, _network, _optimizer, SessionIdentity.Of(_recipe, _data));
    }

    /// <summary>Takes back only the weights and running statistics, to measure them.</summary>
    /// <inheritdoc cref="Restore" path="/exception"/>
    public void RestoreNetwork(CheckpointReader reader) => SessionState.RestoreNetwork(reader, _network);

    /// <summary>Mixes the first training images, unaugmented, for pictures. Changes nothing in the session.</summary>
    /// <param name="count">Images, 2 to the number of training images.</param>
    /// <param name="epoch">The epoch the pictures are of: their draws depend on (seed, epoch).</param>
    public IReadOnlyList<MixPicture> Pictures(MixChoice choice, int count, int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        using var scope = NewDisposeScope();
        using var draws = new Generator(RandomPurpose.Pictures.SeedOf(_recipe.Seed, epoch));
        var plan = EpochPlan.Evaluation(_train.Images.Count, Math.Min(count, _train.Images.Count));
        var clean = _train.Load(plan, 0);
        var labels = OneHot(clean.Labels);
        var seen = See(clean.Images, labels, choice.Method, looks: true);
        _optimizer.DropGradients();
        return MixPicture.From(seen, choice.Method.Mix(seen, choice.Parameters, draws), _data);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
    }

    private BatchSource Source(EpochPlan plan, MixChoice choice, Generator draws)
    {
        var (first, steps) = (_step, (double)BatchesPerEpoch * _recipe.Epochs);
        return new(plan.Batches, Load, clean => ThresholdDraws.Draw(clean.Size, clean.Height, clean.Width, choice.Parameters, draws), batch => (first + batch) / steps);

        MixupBatch Load(int batch)
        {
            var (images, labels) = _train.Load(plan, batch);
            return new(images, OneHot(labels)) { Scale = _data.Normalisation.Scale };
        }
    }

    private SteeredEpoch Steered(MixChoice choice, BatchSource source, int epoch, EpochTally tally, CancellationToken cancellationToken)
    {
        var steering = choice.Steering!;
        CleanProbe Probe() => _heldOut.Images.Count > 0
            ? new(_network, _heldOut, _recipe.BatchSize, epoch)
            : throw new InvalidOperationException($"the batch reward {steering.Reward} needs held-out images");
        IBatchReward reward = steering.Reward switch
        {
            BatchRewardKind.ProbeGradient => new ProbeGradientReward(Probe()),
            BatchRewardKind.ProbeLoss => new ProbeLossReward(Probe()),
            _ => new SaliencyReward(steering.Patches),
        };
        return new(_network, _optimizer, source, choice, reward, tally, _time, cancellationToken);
    }

    private (int Images, double Loss, double Top1, double GradientNorm) Step(Batch clean, MixChoice choice, Generator draws, bool measureSimilarity, EpochTally tally)
    {
        var mixed = Mix(clean, choice, draws, measureSimilarity, tally);
        var (loss, top1, norm) = TrainingStep.Run(_network, _optimizer, _schedule.At(_step), mixed, choice.Method.Loss);
        return ((int)mixed.Images.shape[0], loss, top1, norm);
    }

    private MixedBatch Mix(Batch clean, MixChoice choice, Generator draws, bool measureSimilarity, EpochTally tally)
    {
        var labels = OneHot(clean.Labels);
        var method = choice.Method;
        var looks = measureSimilarity || method.NeedsSaliency || method.NeedsGradient || method.CleanLossWeight > 0;
        var seen = looks || method.NeedsFeatures
            ? tally.TimeSaliency(() => See(clean.Images, labels, method, looks))
            : new MixupBatch(clean.Images, labels) { Scale = _data.Normalisation.Scale };
        var mixed = tally.TimeMix(() => method.Mix(seen, choice.Parameters, draws));
        if (measureSimilarity)
        {
            var after = tally.TimeSaliency(() => Saliency.Compute(
                _network, ChannelsLast.Of(mixed.Images), mixed.Labels, forward: MixedForward.Of(_network, mixed)).Map.contiguous());
            tally.AddSimilarity(Saliency.GradientSimilarity(
                Saliency.AveragePool(seen.Saliency!, SimilarityPatches, SimilarityPatches), Saliency.AveragePool(after, SimilarityPatches, SimilarityPatches)));
        }

        return mixed;
    }

    /// <summary>The batch with what the method needs of the network. The clean loss's share of the weight gradients stays in the parameters.</summary>
    /// <param name="looks">Whether a saliency pass is made, too.</param>
    private MixupBatch See(Tensor images, Tensor labels, IMixupMethod method, bool looks)
    {
        var ordered = ChannelsLast.Of(images);
        var pass = looks ? Saliency.Compute(_network, ordered, labels, method.CleanLossWeight, method.NeedsGradient) : null;
        return new(images, labels, pass?.Map.contiguous())
        {
            Gradient = pass?.Gradient?.contiguous(),
            Features = method.NeedsFeatures ? FeatureMap.Compute(_network, ordered).contiguous() : null,
            Scale = _data.Normalisation.Scale,
        };
    }

    private Tensor OneHot(Tensor labels) => nn.functional.one_hot(labels, _data.Classes.Count).to(ScalarType.Float32);
}
