using Grpc.Core;
using MixPolicy.Client.Batches;
using MixPolicy.Client.Transfer;
using MixPolicy.V1;

namespace MixPolicy.Client;

/// <summary>
/// A training's side of the contract: one run, driven through outages. A decision is asked for again until the agent answers or patience ends; then
/// the training goes on under a fallback, and in the background the agent is looked for until it is back and has been told, in order, what it missed.
/// </summary>
/// <remarks>
/// Why no failure loses or doubles anything: every call can be repeated, a decision asked for again is the stored one, and reports are sent from the
/// <see cref="Backlog"/>, which the training's checkpoint holds. All calls go through one gate; only <see cref="Progress"/> comes from another thread.
/// </remarks>
public sealed class AgentSession : IAsyncDisposable
{
    private static readonly TimeSpan TendInterval = TimeSpan.FromSeconds(5);

    private readonly PolicyService.PolicyServiceClient _client;
    private readonly RunHold _hold;
    private readonly Reach _reach;
    private readonly Action<string> _notice;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _tender;

    private Choice? _lastChoice;
    private volatile int _interval = -1;
    private volatile SteeringStream? _stream;
    private volatile V1.Progress? _progress;
    private BatchStream? _batches;

    /// <param name="client">A client of the service, on a channel of <see cref="AgentConnection"/>.</param>
    /// <param name="plan">The agent and run to create or load.</param>
    /// <param name="start">Where the session begins; null for a new run.</param>
    public AgentSession(PolicyService.PolicyServiceClient client, RunPlan plan, SessionStart? start = null)
    {
        start ??= new();
        (_client, Backlog, _lastChoice, _notice, _time) = (client, start.Backlog, start.LastChoice, start.Notice, start.Time);
        _hold = new(client, plan, start.Ticket, start.KeepTicket, _time);
        _reach = new(start.Patience, _notice, DropStreamsAsync, _time);
        _tender = TendAsync(_closing.Token);
    }

    /// <summary>What the agent has not confirmed. The training saves it with its checkpoint, after <see cref="Report"/>.</summary>
    public Backlog Backlog { get; }

    /// <summary>agents/{agent}/runs/{run}; of no run of the agent's before it has been reached for the first time.</summary>
    public string RunName => _hold.RunName;

    /// <summary>The token that the run is held under; null before it was asked for. From any thread.</summary>
    public string? LeaseToken => _hold.LeaseToken;

    /// <summary>Rewards the agent has given so far, by interval.</summary>
    public RewardLog Rewards { get; } = new();

    /// <summary>The decision of an interval, or the fallback where the agent stays away for longer than the patience (or has been away before).</summary>
    /// <exception cref="PolicyException">The agent refuses: waiting would not help.</exception>
    public async Task<Steering> DecideAsync(int interval, CancellationToken cancellationToken = default)
    {
        _interval = interval;
        _progress = null;
        var decision = await _reach.GatedAsync(token => CatchUpAsync(interval, token), cancellationToken);
        _lastChoice = decision?.Choice ?? Choices.HeldOn(_lastChoice ?? Choices.Vanilla);
        if (decision is null)
        {
            _notice($"Interval {interval} goes on without the agent, under the fallback: {Choices.Text(_lastChoice)}{(_lastChoice.Equals(Choices.Vanilla) ? "" : ", the last choice")}.");
        }

        return new(_lastChoice, decision);
    }

    /// <summary>Takes the report of an interval into the backlog: it is sent with the next question. Its decision's name, and the fallback that it ran under, are filled in.</summary>
    /// <param name="interval">From 0.</param>
    /// <param name="steering">What was done in it.</param>
    /// <param name="report">How it went.</param>
    public void Report(int interval, Steering steering, Report report)
    {
        report.Fallback = steering.Deviates ? steering.Choice : null;
        Backlog.Add(interval, report);
    }

    /// <summary>Sends a message about a batch of the interval that was decided last, where the agent has a batch policy.</summary>
    /// <param name="messageOf">Makes the message, without run and lease, from what the agent has; null where an old stream is still open.</param>
    /// <returns>
    /// The answer; null where the agent stays away for longer than the patience, and at once where it is away already. One without any message where the agent has a decision of
    /// that number for a batch of another size: go on with a later number.
    /// </returns>
    /// <exception cref="PolicyException">The agent refuses: waiting would not help.</exception>
    public async Task<SteerBatchesResponse?> SteerBatchAsync(Func<BatchGreeting?, SteerBatchesRequest> messageOf, CancellationToken cancellationToken) =>
        _reach.Away ? null : await _reach.GatedAsync(token => SendBatchAsync(messageOf, token), cancellationToken);

    /// <summary>Fetches the agent's policy.</summary>
    /// <returns>Null where it has no more updates than <paramref name="newerThan"/>, or is away.</returns>
    /// <exception cref="PolicyException">The agent refuses.</exception>
    public async Task<LearnedPolicy?> NewerPolicyAsync(long newerThan, CancellationToken cancellationToken) => _reach.Away
        ? null
        : (await _reach.GatedAsync(async token => new Fetched(await _hold.NewerPolicyAsync(newerThan, token)), cancellationToken))?.Policy;

    /// <summary>Tells the agent how the interval goes. Never waits, and is dropped while the agent is away. From any thread.</summary>
    public void Progress(V1.Progress progress)
    {
        _progress = progress;
        _stream?.Progress(progress);
    }

    /// <summary>Sends the last report and ends the run; it may end before the planned end.</summary>
    /// <param name="lastInterval">The last one that was decided.</param>
    /// <param name="lastBatches">Where batches are decided: makes the message with what they earned and the agent has not confirmed, as in <see cref="SteerBatchAsync"/>.</param>
    /// <returns>False where the agent could not be reached: the report stays in the backlog.</returns>
    public async Task<bool> FinishAsync(int lastInterval, Func<BatchGreeting?, SteerBatchesRequest>? lastBatches = null, CancellationToken cancellationToken = default)
    {
        return await _reach.GatedAsync(async token =>
        {
            if (Backlog.Decided < lastInterval)
            {
                await CatchUpAsync(lastInterval, token);
            }
            else if (_stream is null)
            {
                await TakeRunAsync(token);
            }

            if (lastBatches is not null)
            {
                await SendOnBatchStreamAsync(lastBatches, token);
            }

            var request = new FinishRunRequest { Run = RunName, LeaseToken = _hold.LeaseToken, Report = Unreported(lastInterval) };
            var run = await _client.FinishRunAsync(request, deadline: _hold.Deadline(), cancellationToken: token);
            Backlog.Confirm(lastInterval + 1);
            _hold.Finish();
            await Rewards.ReadAsync(_client, RunName, _hold.Deadline, token);
            return run;
        }, cancellationToken) is not null;
    }

    /// <summary>The policy's updates during the finished run, from the agent's log; what could be read of them where it goes away.</summary>
    public async Task<IReadOnlyList<PolicyUpdate>> ReadUpdatesAsync(CancellationToken cancellationToken = default)
    {
        var updates = new List<PolicyUpdate>();
        try
        {
            using var watch = _client.Watch(new() { Name = RunName }, deadline: _hold.Deadline(), cancellationToken: cancellationToken);
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
            _notice($"The policy's updates could not all be read: {RpcErrors.Reason(e)}");
        }

        return updates;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _tender;
        await DropStreamsAsync();
        _closing.Dispose();
        _reach.Dispose();
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
            var request = new DecideRequest { Run = RunName, LeaseToken = _hold.LeaseToken, Interval = i };
            if (i > 0 && Unreported(i - 1) is { } report)
            {
                request.Report = report;
            }

            decision = await stream.DecideAsync(request, cancellationToken);
            Backlog.Confirm(i);
        }

        await Rewards.ReadAsync(_client, RunName, _hold.Deadline, cancellationToken);
        return decision!;
    }

    /// <summary>
    /// The report of an interval, or null where the agent has it. It may have another one than the backlog: an epoch that is repeated from an older
    /// checkpoint than the last has other times, and may run under the fallback. What the agent learned from stays.
    /// </summary>
    private Report? Unreported(int interval) => Rewards.Records.ContainsKey(interval) ? null : Backlog.Of(interval, RunName);

    private async Task<SteerBatchesResponse> SendBatchAsync(Func<BatchGreeting?, SteerBatchesRequest> messageOf, CancellationToken cancellationToken)
    {
        if (_stream is not { Broken: false })
        {
            // The service was restarted, or the lease has lapsed: both are renewed by asking for the interval's decision again.
            await CatchUpAsync(_interval, cancellationToken);
        }

        return await SendOnBatchStreamAsync(messageOf, cancellationToken);
    }

    private async Task<SteerBatchesResponse> SendOnBatchStreamAsync(Func<BatchGreeting?, SteerBatchesRequest> messageOf, CancellationToken cancellationToken)
    {
        BatchGreeting? has = null;
        if (_batches is not { } stream)
        {
            var greeting = new SteerBatchesRequest { Run = RunName, LeaseToken = _hold.LeaseToken };
            _batches = stream = await BatchStream.OpenAsync(_client, greeting, _time, cancellationToken);
            has = stream.Greeting;
        }

        try
        {
            return await stream.SendAsync(messageOf(has), cancellationToken);
        }
        catch (RpcException e) when (BatchStream.IsForAnotherBatch(e))
        {
            _batches.Dispose();
            _batches = null;
            return new();
        }
    }

    private async Task<SteeringStream> AttachAsync(CancellationToken cancellationToken)
    {
        await DropStreamsAsync();
        await TakeRunAsync(cancellationToken);
        return _stream = new(_client, _time);
    }

    /// <summary>Takes the run, and reads what the agent has of it.</summary>
    private async Task TakeRunAsync(CancellationToken cancellationToken)
    {
        await _hold.TakeAsync(cancellationToken);
        await Rewards.ReadAsync(_client, RunName, _hold.Deadline, cancellationToken);
    }

    /// <summary>Between decisions: keeps the lease alive, and looks for an agent that is away.</summary>
    private async Task TendAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TendInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await _reach.IfFreeAsync(() => TendOnceAsync(cancellationToken), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session closes.
        }
    }

    private async Task TendOnceAsync(CancellationToken cancellationToken)
    {
        if (_interval < 0 || _hold.Finished)
        {
            return;
        }

        if (_stream is { Broken: false } stream)
        {
            // Before the first batch there is nothing to tell: an interval alone, with 0 of 0 batches, only renews the lease.
            stream.Progress(_progress ?? new V1.Progress { Interval = _interval });
            return;
        }

        await _reach.SeekAsync(token => CatchUpAsync(_interval, token), cancellationToken);
    }

    private async ValueTask DropStreamsAsync()
    {
        _batches?.Dispose();
        _batches = null;
        if (_stream is { } stream)
        {
            _stream = null;
            await stream.DisposeAsync();
        }
    }

    /// <param name="Policy">Null where the agent has none that is newer.</param>
    private sealed record Fetched(LearnedPolicy? Policy);
}
