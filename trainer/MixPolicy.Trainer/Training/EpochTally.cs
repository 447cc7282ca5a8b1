namespace MixPolicy.Trainer.Training;

/// <summary>The running sums of an epoch.</summary>
internal sealed class EpochTally(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private double _loss;
    private double _top1;
    private double _gradientNorm;
    private double _similarity;
    private int _similarities;
    private int _steps;
    private TimeSpan _saliency;
    private TimeSpan _mix;

    internal int Images { get; private set; }

    internal void AddStep(int images, double loss, double top1, double gradientNorm)
    {
        Images += images;
        _loss += loss * images;
        _top1 += top1;
        _gradientNorm += gradientNorm;
        _steps++;
    }

    internal void AddSimilarity(double similarity)
    {
        _similarity += similarity;
        _similarities++;
    }

    internal T TimeSaliency<T>(Func<T> work) => Timed(work, ref _saliency);

    internal T TimeMix<T>(Func<T> work) => Timed(work, ref _mix);

    internal EpochProgress Progress(int batches) =>
        new(_steps, batches, _loss / Images, Images / Math.Max(time.GetElapsedTime(_start).TotalSeconds, 1e-9));

    internal EpochResult Result(double learningRate) => new(
        Images,
        _loss / Images,
        _top1 / Images,
        _gradientNorm / _steps,
        learningRate,
        _similarities == 0 ? null : _similarity / _similarities,
        time.GetElapsedTime(_start).TotalSeconds,
        _saliency.TotalSeconds,
        _mix.TotalSeconds);

    private T Timed<T>(Func<T> work, ref TimeSpan total)
    {
        var start = time.GetTimestamp();
        var result = work();
        total += time.GetElapsedTime(start);
        return result;
    }
}
