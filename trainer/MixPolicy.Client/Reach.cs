using Grpc.Core;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace MixPolicy.Client;

/// <summary>
/// How the agent is reached: one call at a time, through a gate; with patience while the agent was there before, once where it is known to be away.
/// </summary>
internal sealed class Reach : IDisposable
{
    /// <summary>The most a single call may take.</summary>
    public static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(20);

    private readonly TimeSpan _patience;
    private readonly Action<string> _notice;
    private readonly Func<ValueTask> _detach;
    private readonly ResiliencePipeline _patiently;
    private readonly SemaphoreSlim _gate = new(1);
    private volatile bool _away;
    private string? _toldTrouble;

    /// <param name="patience">How long an agent that cannot be reached is waited for.</param>
    /// <param name="notice">Told of outages, in words for the terminal.</param>
    /// <param name="detach">Called after a failed call: drops what was attached, so that the next call attaches afresh.</param>
    /// <param name="time">Clock of all waits.</param>
    public Reach(TimeSpan patience, Action<string> notice, Func<ValueTask> detach, TimeProvider time)
    {
        (_patience, _notice, _detach) = (patience, notice, detach);
        _patiently = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(patience)
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<RpcException>(RpcErrors.IsTransient),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(5),
                MaxRetryAttempts = int.MaxValue,
                OnRetry = retry =>
                {
                    if (retry.AttemptNumber == 1)
                    {
                        _notice($"The agent cannot be reached, retrying for {patience.TotalSeconds:0} s: {RpcErrors.Reason(retry.Outcome.Exception)}");
                    }

                    return default;
                },
            })
            .Build();
    }

    /// <summary>The agent was there before and has not been reached since.</summary>
    public bool Away => _away;

    public void Dispose() => _gate.Dispose();

    /// <summary>A call under the gate. Null where the agent is away, or where the tender has been at work with it for longer than the patience.</summary>
    public async Task<T?> GatedAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
        where T : class
    {
        if (!await _gate.WaitAsync(_patience, cancellationToken))
        {
            return null;
        }

        try
        {
            return await ReachAsync(call, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Work under the gate, if that is free now; nothing otherwise.</summary>
    public async Task IfFreeAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        if (!await _gate.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return;
        }

        try
        {
            await work();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>One try of the gate's holder in the background. Each trouble is told once, not every few seconds.</summary>
    public async Task SeekAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            await TryAsync(call, cancellationToken);
            Reached();
        }
        catch (Exception e) when (e is PolicyException or RpcException or IOException or UnauthorizedAccessException)
        {
            // The next tick tries again, and so does the next decision.
            var trouble = RpcErrors.Reason(e);
            if (trouble != _toldTrouble)
            {
                _toldTrouble = trouble;
                _notice($"Looking for the agent in the background: {trouble}");
            }
        }
    }

    /// <summary>Runs a call of the gate's holder: with patience if the agent was there before, once if it is known to be away. Null when it is away.</summary>
    private async Task<T?> ReachAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            var result = _away ? await TryAsync(call, cancellationToken) : await _patiently.ExecuteAsync(async token => await TryAsync(call, token), cancellationToken);
            Reached();
            return result;
        }
        catch (Exception e) when (e is TimeoutRejectedException || (e is RpcException rpc && RpcErrors.IsTransient(rpc)))
        {
            if (!_away)
            {
                _away = true;
                _notice($"The agent has been away for {_patience.TotalSeconds:0} s. It is looked for in the background.");
            }

            return null;
        }
    }

    /// <summary>
    /// One try, with a fresh attachment where there is none; a second one where the lease lapsed while nobody could renew it: starting again takes it up,
    /// unless another trainer has it. Errors that repeating does not cure become <see cref="PolicyException"/>s.
    /// </summary>
    private async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                return await OnceAsync(call, cancellationToken);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Aborted)
            {
                return await OnceAsync(call, cancellationToken);
            }
        }
        catch (RpcException e) when (!RpcErrors.IsTransient(e))
        {
            throw RpcErrors.Refused(e);
        }
    }

    /// <summary>An error leaves no attachment behind.</summary>
    private async Task<T> OnceAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(cancellationToken);
        }
        catch (Exception e)
        {
            await _detach();

            // The channel tells of a deadline as of a cancellation; this one is the service's slowness, not our wish.
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new RpcException(new(StatusCode.DeadlineExceeded, $"no answer within {CallDeadline.TotalSeconds:0} s"));
            }

            throw;
        }
    }

    private void Reached()
    {
        _toldTrouble = null;
        if (_away)
        {
            _away = false;
            _notice("The agent is back and has been told what it missed.");
        }
    }
}
