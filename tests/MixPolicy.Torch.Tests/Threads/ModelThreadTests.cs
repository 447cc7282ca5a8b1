using MixPolicy.Torch.Threads;
using TorchSharp;

namespace MixPolicy.Torch.Tests.Threads;

public sealed class ModelThreadTests
{
    private static readonly CancellationToken Cancelled = new(canceled: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_Work_RunsOnTheOneThreadAndReturnsItsResult()
    {
        using var thread = new ModelThread("model", 1);

        var first = await thread.RunAsync(() => Thread.CurrentThread, Token);
        var second = await thread.RunAsync(() => Thread.CurrentThread, Token);

        first.ShouldBeSameAs(second);
        first.Name.ShouldBe("model");
        first.ShouldNotBeSameAs(Thread.CurrentThread);
    }

    [Fact]
    public async Task RunAsync_Tensors_AreGoneWhenTheCallerIsTold()
    {
        using var thread = new ModelThread("model", 1);

        var left = await thread.RunAsync(() => torch.ones(3), Token);

        left.IsInvalid.ShouldBeTrue();
    }

    [Fact]
    public async Task RunAsync_TensorMovedOut_Survives()
    {
        using var thread = new ModelThread("model", 1);

        using var kept = await thread.RunAsync(() => torch.ones(3).DetachFromDisposeScope(), Token);

        kept.IsInvalid.ShouldBeFalse();
    }

    [Fact]
    public async Task RunAsync_TwoThreadsWithDifferentCounts_EachKeepsItsOwn()
    {
        using var one = new ModelThread("one", 1);
        using var two = new ModelThread("two", 2);

        (await two.RunAsync(torch.get_num_threads, Token)).ShouldBe(2);
        (await one.RunAsync(torch.get_num_threads, Token)).ShouldBe(1);
        (await two.RunAsync(torch.get_num_threads, Token)).ShouldBe(2);
    }

    [Fact]
    public async Task RunAsync_WorkThatThrows_PassesTheErrorOnAndTheThreadLives()
    {
        using var thread = new ModelThread("model", 1);

        await Should.ThrowAsync<InvalidDataException>(() => thread.RunAsync(() => throw new InvalidDataException("bad batch"), Token));

        (await thread.RunAsync(() => 7, Token)).ShouldBe(7);
    }

    [Fact]
    public async Task RunAsync_CancelledWhileQueued_EndsAtOnceAndNeverRuns()
    {
        using var thread = new ModelThread("model", 1);
        using var cancellation = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        var busy = thread.RunAsync(gate.Wait, Token);
        var ran = false;
        var queued = thread.RunAsync(() => ran = true, cancellation.Token);

        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => queued);

        busy.IsCompleted.ShouldBeFalse();
        gate.Set();
        await busy;
        await thread.RunAsync(() => 0, Token);
        ran.ShouldBeFalse();
    }

    [Fact]
    public async Task RunAsync_TokenAlreadyCancelled_NeverRuns()
    {
        using var thread = new ModelThread("model", 1);

        await Should.ThrowAsync<OperationCanceledException>(() => thread.RunAsync(() => throw new InvalidOperationException("it ran"), Cancelled));
    }

    [Fact]
    public async Task Dispose_WithWorkQueued_RunsItFirst()
    {
        var thread = new ModelThread("model", 1);
        var queued = Enumerable.Range(0, 50).Select(i => thread.RunAsync(() => i, Token)).ToArray();

        thread.Dispose();

        (await Task.WhenAll(queued)).ShouldBe(Enumerable.Range(0, 50));
        await Should.ThrowAsync<ObjectDisposedException>(() => thread.RunAsync(() => 0, Token));
    }

    [Fact]
    public void Constructor_NoThreads_IsRefused() => Should.Throw<ArgumentOutOfRangeException>(() => new ModelThread("model", 0));
}
