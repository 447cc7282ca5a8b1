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
    /// <exception cref="Native.TorchLoadException">TorchSharp cannot be loaded.</exception>
    public ModelThread(string name, int intraOpThreads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(intraOpThreads, 1);

        // Here and not on the new thread, where an exception would end the process.
        TorchRuntime.Load();
        _thread = new Thread(() => Loop(intraOpThreads)) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public string Name => _thread.Name!;

    /// <summary>Work that waits for the thread.</summary>
    public int Waiting => _work.Count;

    /// <summary>Runs <paramref name="work"/> on the thread, inside a dispose scope of its own. Tensors that must outlive it are moved out by the work itself.</summary>
    /// <param name="cancellationToken">Ends the wait at once while the work has not started; the work itself watches it if it is long.</param>
    /// <exception cref="ObjectDisposedException">The thread has been disposed of.</exception>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        // Continuations must not run on this thread: they may await, and a scope must never see that.
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancellation = cancellationToken.UnsafeRegister(_ => done.TrySetCanceled(cancellationToken), null);
        try
        {
            _work.Add(() =>
            {
                cancellation.Dispose();
                if (!done.Task.IsCompleted)
                {
                    Complete(done, work);
                }
            }, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            cancellation.Dispose();
            throw new ObjectDisposedException(nameof(ModelThread));
        }

        return done.Task;
    }

    /// <inheritdoc cref="RunAsync{T}(Func{T}, CancellationToken)"/>
    public Task RunAsync(Action work, CancellationToken cancellationToken = default) =>
        RunAsync(() =>
        {
            work();
            return true;
        }, cancellationToken);

    /// <summary>Ends the thread after the work already queued. Not to be called from that work: it would wait for itself.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private static void Complete<T>(TaskCompletionSource<T> done, Func<T> work)
    {
        try
        {
            T result;
            using (torch.NewDisposeScope())
            {
                result = work();
            }

            // After the scope: whoever is told finds the tensors of the work gone.
            done.SetResult(result);
        }
        catch (OperationCanceledException e)
        {
            done.SetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }

    private void Loop(int intraOpThreads)
    {
        // A thread's first use of libtorch takes over the count any thread set last. The question is such a use; after it this thread's count stays.
        _ = torch.get_num_threads();
        torch.set_num_threads(intraOpThreads);
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
