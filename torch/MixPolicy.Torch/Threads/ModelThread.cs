using System.Collections.Concurrent;
using TorchSharp;

namespace MixPolicy.Torch.Threads;

/// <summary>
/// One dedicated thread for TorchSharp work. Dispose scopes and the count of intra-op threads belong to a thread, so work that must
/// be repeatable runs on a thread whose settings are known, synchronously, inside one scope, never across an <c>await</c>.
/// </summary>
public sealed class ModelThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <param name="name">Shown in debuggers and dumps.</param>
    /// <param name="intraOpThreads">Threads one tensor operation may use (≥ 1). It is part of what makes results repeatable to the bit.</param>
    public ModelThread(string name, int intraOpThreads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(intraOpThreads, 1);
        _thread = new Thread(() => Loop(intraOpThreads)) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> on the thread, inside a dispose scope of its own. Tensors that must outlive it are moved out by the work itself.</summary>
    /// <param name="cancellationToken">Honoured until the work starts; the work itself watches it if it is long.</param>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        // Continuations must not run on this thread: they may await, and a scope must never see that.
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            if (cancellationToken.IsCancellationRequested)
            {
                done.SetCanceled(cancellationToken);
                return;
            }

            try
            {
                using var scope = torch.NewDisposeScope();
                done.SetResult(work());
            }
            catch (OperationCanceledException e)
            {
                done.SetCanceled(e.CancellationToken);
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }, CancellationToken.None);
        return done.Task;
    }

    /// <inheritdoc cref="RunAsync{T}(Func{T}, CancellationToken)"/>
    public Task RunAsync(Action work, CancellationToken cancellationToken = default) =>
        RunAsync(() =>
        {
            work();
            return true;
        }, cancellationToken);

    /// <summary>Ends the thread after the work already queued.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Loop(int intraOpThreads)
    {
        TorchRuntime.Load();
        torch.set_num_threads(intraOpThreads);
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
