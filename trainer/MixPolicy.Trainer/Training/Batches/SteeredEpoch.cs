using MixPolicy.Mixup;
using MixPolicy.Trainer.Networks;
using MixPolicy.Trainer.Optimization;
using static TorchSharp.torch;

namespace MixPolicy.Trainer.Training.Batches;

/// <summary>
/// The batches of an epoch under an <see cref="IBatchSteering"/>: saliency pass, draws, question; then answer, mixing, step, reward. The thread waits only for an
/// answer that is not there when it is needed.
/// </summary>
internal sealed class SteeredEpoch : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly Sgd _optimizer;
    private readonly BatchSource _source;
    private readonly MixChoice _choice;
    private readonly IBatchSteering _steering;
    private readonly IBatchReward _reward;
    private readonly EpochTally _tally;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;

    private readonly List<float?> _earned = [];

    private ObservedBatch? _next;
    private int _decided;
    private int _published;
    private int _unasked;
    private double _rewards;
    private double _percentiles;
    private long _images;
    private long? _version;
    private TimeSpan _waited;

    /// <param name="choice">With a steering; its method is an <see cref="IThresholdMethod"/>.</param>
    internal SteeredEpoch(
        nn.Module<Tensor, Tensor> network, Sgd optimizer, BatchSource source, MixChoice choice, IBatchReward reward, EpochTally tally, TimeProvider time, CancellationToken stop) =>
        (_network, _optimizer, _source, _choice, _steering, _reward, _tally, _time, _stop) =
        (network, optimizer, source, choice, choice.Steering!, reward, tally, time, stop);

    internal BatchTally Tally => new(_decided, _published, _unasked, _decided == 0 ? null : _rewards / _decided, _percentiles / Math.Max(1, _images), _version, _waited.TotalSeconds)
    {
        Rewards = [.. _earned],
    };

    /// <summary>Trains on a batch; they come in order.</summary>
    internal (int Images, double Loss, double Top1, double GradientNorm) Step(int batch, SgdSettings settings)
    {
        using var now = _next ?? Observe(batch);
        _next = null;
        var answer = Await(now);

        // Here the pipeline runs ahead: the next batch is looked at before this one's step, so its view is one step old when it is trained on.
        _next = _steering.Pipelined && batch + 1 < _source.Batches ? Observe(batch + 1) : null;
        var draws = answer is null ? now.Draws : now.Draws with { Percentiles = answer.Percentiles };
        var method = answer?.Method is { } named ? (IThresholdMethod)MixupMethods.ByName(named) : (IThresholdMethod)_choice.Method;
        var mixed = _tally.TimeMix(() => method.Mix(now.Clean, draws));
        var look = answer is null ? null : _reward.Before(batch);
        var (loss, top1, norm) = TrainingStep.Run(_network, _optimizer, settings, mixed, method.Loss, look);
        _percentiles += draws.Percentiles.Sum(p => (double)p);
        _images += now.Clean.Size;
        var rewards = answer is not null && double.IsFinite(loss) && double.IsFinite(norm) ? _reward.After(now, mixed, look!) : null;
        _earned.Add(rewards?.Average());
        if (rewards is not null)
        {
            Earn(answer!, rewards);
        }

        return (now.Clean.Size, loss, top1, norm);
    }

    public void Dispose()
    {
        _next?.Dispose();
        (_reward as IDisposable)?.Dispose();
    }

    private ObservedBatch Observe(int batch)
    {
        using var scope = NewDisposeScope();
        var clean = _source.Load(batch);
        var size = clean.Size;
        var pass = _tally.TimeSaliency(() => Saliency.Compute(_network, ChannelsLast.Of(clean.Images), clean.Labels));
        var map = pass.Map.contiguous();
        var draws = _source.Draw(clean);
        var asks = _steering.Takes(size) && pass.Logits.isfinite().all().cpu().item<bool>();
        var answer = asks ? _steering.AskAsync(View(clean, pass, map, draws), _source.Progress(batch), _stop) : null;
        var pooled = Saliency.AveragePool(map, _steering.Patches, _steering.Patches);
        return new(
            clean with
            {
                Images = clean.Images.DetachFromDisposeScope(),
                Labels = clean.Labels.DetachFromDisposeScope(),
                Saliency = map.DetachFromDisposeScope(),
            },
            pooled.DetachFromDisposeScope(),
            draws,
            answer);
    }

    private BatchView View(MixupBatch clean, SaliencyResult pass, Tensor map, ThresholdDraws draws)
    {
        // CE_b = -sum_k y_bk log p_bk
        var losses = (clean.Labels * nn.functional.log_softmax(pass.Logits, 1)).sum(1).neg();
        return new(
            clean.Size,
            (int)pass.Logits.shape[1],
            _steering.Patches,
            Values(Saliency.Pool(map, _steering.Patches)),
            Values(pass.Logits),
            Array.ConvertAll(Values(losses), loss => Math.Max(0, loss)),
            draws.Partners,
            draws.Lambda);
    }

    private BatchAnswer? Await(ObservedBatch batch)
    {
        if (batch.Answer is not { } asked)
        {
            _unasked++;
            return null;
        }

        // This is the model thread: it blocks, it must not await.
        var start = _time.GetTimestamp();
        var answer = asked.GetAwaiter().GetResult();
        _waited += _time.GetElapsedTime(start);
        _published += answer is null ? 1 : 0;
        return answer;
    }

    private void Earn(BatchAnswer answer, float[] rewards)
    {
        _decided++;
        _version = answer.PolicyVersion;
        _rewards += rewards.Average(r => (double)r);
        if (_steering.Reward == BatchRewardKind.Saliency)
        {
            _tally.AddSimilarity(rewards[0]);
        }

        _steering.Earn(answer, rewards);
    }

    private static float[] Values(Tensor tensor) => tensor.cpu().contiguous().data<float>().ToArray();
}
