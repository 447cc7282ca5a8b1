using System.Security.Cryptography;
using Grpc.Core;
using MixPolicy.V1;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace MixPolicy.Trainer.Policy;

/// <summary>
/// The trainer's side of the contract: one run, driven through outages. A decision is asked for again until the agent answers or patience ends; then
/// the training goes on under a fallback, and in the background the agent is looked for until it is back and has been told, in order, what it missed.
/// </summary>
/// <remarks>
/// Why no failure loses or doubles anything: every call can be repeated, a decision asked for again is the stored one, and reports are sent from the
/// <see cref="Backlog"/>, which the checkpoint holds. All calls go through one gate; only <see cref="Progress"/> comes from another thread.
/// </remarks>
public sealed class AgentSession : IAsyncDisposable
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan TendInterval = TimeSpan.FromSeconds(5);

    private readonly PolicyService.PolicyServiceClient _client;
    private readonly RunPlan _plan;
    private readonly Action<RunTicket> _keepTicket;
    private readonly Action<string> _notice;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly ResiliencePipeline _patiently;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _tender;

    private RunTicket _ticket;
    private Choice? _lastChoice;
    private volatile int _interval = -1;
    private bool _away;
    private string? _toldTrouble;
    private volatile SteeringStream? _stream;
    private volatile V1.Progress? _progress;

    /// <param name="client">A client of the service.</param>
    /// <param name="plan">The agent and run to create or load.</param>
    /// <param name="ticket">From <c>agent.json</c>, or a new one.</param>
    /// <param name="keepTicket">Stores the ticket durably; called before the lease it names is used.</param>
    /// <param name="backlog">What the agent may not have; the session adds nothing to it by itself.</param>
    /// <param name="lastChoice">The choice of the last interval, for the fallback; null before the first.</param>
    /// <param name="patience">How long an agent that cannot be reached is waited for.</param>
    /// <param name="notice">Told of outages, in words for the terminal.</param>
    /// <param name="time">Clock of all waits.</param>
    public AgentSession(
        PolicyService.PolicyServiceClient client, RunPlan plan, RunTicket ticket, Action<RunTicket> keepTicket, Backlog backlog, Choice? lastChoice,
        TimeSpan patience, Action<string> notice, TimeProvider time)
    {
        (_client, _plan, _ticket, _keepTicket, Backlog, _lastChoice) = (client, plan, ticket, keepTicket, backlog, lastChoice);
        (_patience, _notice, _time) = (patience, notice, time);
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
                        _notice($"The agent cannot be reached, retrying for {patience.TotalSeconds:0} s: {Reason(retry.Outcome.Exception)}");
                    }

                    return default;
                },
            })
            .Build();
        _tender = TendAsync(_closing.Token);
    }

    /// <summary>What the agent has not confirmed. The training adds its reports here and saves it with its checkpoint.</summary>
    public Backlog Backlog { get; }

    /// <summary>agents/{agent}/runs/{run}; of no run of the agent's before it has been reached for the first time.</summary>
    public string RunName => _plan.RunName(_ticket);

    /// <summary>Rewards the agent has given so far, by interval.</summary>
    public RewardLog Rewards { get; } = new();

    /// <summary>The decision of an interval, or the fallback where the agent stays away for longer than the patience (or has been away before).</summary>
    /// <exception cref="PolicyException">The agent refuses: waiting would not help.</exception>
    public async Task<Steering> DecideAsync(int interval, CancellationToken cancellationToken)
    {
        _interval = interval;
        _progress = null;
        var decision = await GatedAsync(token => CatchUpAsync(interval, token), cancellationToken);
        _lastChoice = decision?.Choice ?? _lastChoice ?? Choices.Vanilla;
        if (decision is null)
        {
            _notice($"Interval {interval} goes on without the agent, under the fallback: {Choices.Text(_lastChoice)}{(_lastChoice.Equals(Choices.Vanilla) ? "" : ", the last choice")}.");
        }

        return new(_lastChoice, decision);
    }

    /// <summary>Tells the agent how the interval goes. Never waits, and is dropped while the agent is away. From any thread.</summary>
    public void Progress(V1.Progress progress)
    {
        _progress = progress;
        _stream?.Progress(progress);
    }

    /// <summary>Sends the last report and ends the run.</summary>
    /// <returns>False where the agent could not be reached: the report stays in the backlog.</returns>
    public async Task<bool> FinishAsync(int lastInterval, CancellationToken cancellationToken)
    {
        return await GatedAsync(async token =>
        {
            if (Backlog.Decided < lastInterval)
            {
                await CatchUpAsync(lastInterval, token);
            }
            else if (_stream is null)
            {
                await TakeRunAsync(token);
            }

            var request = new FinishRunRequest { Run = RunName, LeaseToken = _ticket.LeaseToken, Report = Unreported(lastInterval) };
            var run = await _client.FinishRunAsync(request, deadline: Deadline(), cancellationToken: token);
            Backlog.Confirm(lastInterval + 1);
            await Rewards.ReadAsync(_client, RunName, Deadline, token);
            Keep(_ticket with { Finished = true });
            return run;
        }, cancellationToken) is not null;
    }

    /// <summary>The policy's updates during the finished run, from the agent's log; what could be read of them where it goes away.</summary>
    public async Task<IReadOnlyList<PolicyUpdate>> ReadUpdatesAsync(CancellationToken cancellationToken)
    {
        var updates = new List<PolicyUpdate>();
        try
        {
            using var watch = _client.Watch(new() { Name = RunName }, deadline: Deadline(), cancellationToken: cancellationToken);
            await foreach (var happened in watch.ResponseStream.ReadAllAsync(cancellationToken))
            {
                if (happened is { EventCase: RunEvent.EventOneofCase.State, State: RunState.Finished })
                {
                    break;
                }

                if (happened.Update is { } update)
                {
                    updates.Add(update);
                }
            }
        }
        catch (Exception e) when (e is RpcException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _notice($"The policy's updates could not all be read: {Reason(e)}");
        }

        return updates;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _tender;
        await DropStreamAsync();
        _closing.Dispose();
        _gate.Dispose();
    }

    /// <summary>A call under the gate. Null where the agent is away, or where the tender has been at work with it for longer than the patience.</summary>
    private async Task<T?> GatedAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
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

    /// <summary>An error leaves no stream behind.</summary>
    private async Task<T> OnceAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(cancellationToken);
        }
        catch (Exception e)
        {
            await DropStreamAsync();

            // The channel tells of a deadline as of a cancellation; this one is the service's slowness, not our wish.
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new RpcException(new(StatusCode.DeadlineExceeded, $"no answer within {CallDeadline.TotalSeconds:0} s"));
            }

            throw;
        }
    }

    /// <summary>Asks for all decisions up to an interval's, each with the report before it, and returns that interval's.</summary>
    private async Task<Decision> CatchUpAsync(int interval, CancellationToken cancellationToken)
    {
        if (_stream is not { Broken: false } stream)
        {
            stream = await AttachAsync(cancellationToken);
        }

        Decision? decision = null;
        for (var i = Math.Min(Backlog.Decided + 1, interval); i <= interval; i++)
        {
            var request = new DecideRequest { Run = RunName, LeaseToken = _ticket.LeaseToken, Interval = i };
            if (i > 0 && Unreported(i - 1) is { } report)
            {
                request.Report = report;
            }

            decision = await stream.DecideAsync(request, cancellationToken);
            Backlog.Confirm(i);
        }

        await Rewards.ReadAsync(_client, RunName, Deadline, cancellationToken);
        return decision!;
    }

    /// <summary>
    /// The report of an interval, or null where the agent has it. It may have another one than the backlog: an epoch that is repeated from an older
    /// checkpoint than the last has other times, and may run under the fallback. What the agent learned from stays.
    /// </summary>
    private Report? Unreported(int interval) => Rewards.Records.ContainsKey(interval) ? null : Backlog.Of(interval, RunName);

    private async Task<SteeringStream> AttachAsync(CancellationToken cancellationToken)
    {
        await DropStreamAsync();
        await TakeRunAsync(cancellationToken);
        return _stream = new(_client, _time);
    }

    /// <summary>Creates or loads agent and run, takes the lease, and reads what the agent has of the run.</summary>
    private async Task TakeRunAsync(CancellationToken cancellationToken)
    {
        await _client.CreateAgentAsync(new() { AgentId = _plan.AgentId, Spec = _plan.Agent }, deadline: Deadline(), cancellationToken: cancellationToken);
        var started = await StartRunAsync(cancellationToken);
        // A run that is finished already has no lease to give.
        Keep(_ticket with { LeaseToken = started.Lease?.Token ?? _ticket.LeaseToken, Started = true });
        await Rewards.ReadAsync(_client, RunName, Deadline, cancellationToken);
    }

    private async Task<StartRunResponse> StartRunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Kept before it is used: after a crash in between, the same run is asked for again.
            Keep(_ticket with { LeaseToken = _ticket.LeaseToken ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) });
            var request = new StartRunRequest
            {
                Parent = _plan.AgentName,
                RunId = _plan.RunId(_ticket),
                Spec = _plan.RunSpec(_ticket),
                LeaseToken = _ticket.LeaseToken,
            };
            try
            {
                return await _client.StartRunAsync(request, deadline: Deadline(), cancellationToken: cancellationToken);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists && !_ticket.Started)
            {
                // The name is another launch's: take the next one.
                _ticket = _ticket with { Attempt = _ticket.Attempt + 1 };
            }
        }
    }

    /// <summary>Between decisions: keeps the lease alive, and looks for an agent that is away.</summary>
    private async Task TendAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TendInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (!await _gate.WaitAsync(TimeSpan.Zero, cancellationToken))
                {
                    continue;
                }

                try
                {
                    await TendOnceAsync(cancellationToken);
                }
                finally
                {
                    _gate.Release();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session closes.
        }
    }

    private async Task TendOnceAsync(CancellationToken cancellationToken)
    {
        if (_interval < 0 || _ticket.Finished)
        {
            return;
        }

        if (_stream is { Broken: false } stream)
        {
            stream.Progress(_progress ?? new() { Interval = _interval });
            return;
        }

        try
        {
            await TryAsync(token => CatchUpAsync(_interval, token), cancellationToken);
            Reached();
        }
        catch (Exception e) when (e is PolicyException or RpcException or IOException or UnauthorizedAccessException)
        {
            // The next tick tries again, and so does the next decision. Each trouble is told once, not every few seconds.
            var trouble = Reason(e);
            if (trouble != _toldTrouble)
            {
                _toldTrouble = trouble;
                _notice($"Looking for the agent in the background: {trouble}");
            }
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

    private void Keep(RunTicket ticket) => _keepTicket(_ticket = ticket);

    private async ValueTask DropStreamAsync()
    {
        if (_stream is { } stream)
        {
            _stream = null;
            await stream.DisposeAsync();
        }
    }

    private DateTime Deadline() => _time.GetUtcNow().UtcDateTime + CallDeadline;

    private static string Reason(Exception? e) => e is RpcException rpc ? RpcErrors.Text(rpc) : e?.Message ?? "";
}
