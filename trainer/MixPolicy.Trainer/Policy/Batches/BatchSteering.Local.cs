using MixPolicy.Client;
using MixPolicy.Trainer.Training.Batches;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Policy.Batches;

/// <summary>
/// Deciding in this process. A batch is drawn at once from the policy that was fetched last; what was seen and drawn goes to the agent behind the training, in order, and it learns
/// from that. Every <see cref="RefreshEvery"/> batches it is asked for a newer policy.
/// <para>
/// No batch has two decisions: one that the agent has stored already, from before a kill or a break, is asked for. If the agent stays away, the numbers of the batches it has
/// not heard of are given back and what they earned is forgotten; the training goes on as in the other modes, until it is back.
/// </para>
/// </summary>
internal sealed partial class BatchSteering : IDisposable
{
    /// <summary>Batches between two looks for a newer policy.</summary>
    internal const int RefreshEvery = 8;

    /// <summary>Batches that the agent has not heard of, at most: beyond that the training waits for it.</summary>
    internal const int MostUnreported = 64;

    private readonly LocalSampler? _sampler = plan.Local is { } local ? new(local) : null;
    private readonly SemaphoreSlim _room = new(MostUnreported);

    // One after another, each awaits the one before. Made on the model thread.
    private Task _reporting = Task.CompletedTask;

    // Batches below this the agent has decided, as far as it is known; −1 where it has to be asked first. Under the guard.
    private long _known = -1;

    public void Dispose()
    {
        _sampler?.Dispose();
        _room.Dispose();
    }

    private async Task<BatchAnswer?> DecideHereAsync(BatchView view, double progress, CancellationToken cancellationToken)
    {
        if (_reporting.IsFaulted)
        {
            await _reporting;
        }

        if (!TryNext(out var batch) || _sampler!.Version < 0)
        {
            // Also how the stream begins: its greeting tells what is stored.
            await _reporting;
            batch = _next;
            var asked = await AskAsync(batch, Observation(view), Due(), _latest, progress, cancellationToken);
            lock (_guard)
            {
                // Where the stream was still open, nothing has told.
                _known = _next > batch ? Math.Max(_known, _next) : _known;
            }

            await RefreshAsync(cancellationToken);
            return asked;
        }

        await _room.WaitAsync(cancellationToken);
        var decision = _sampler.Draw(agent.RunName, batch, view with
        {
            Saliency = PackedFloats.AsRead(view.Saliency, plan.Packing),
            Logits = PackedFloats.AsRead(view.Logits, plan.Packing),
            Losses = PackedFloats.AsRead(view.Losses, plan.Packing),
        });
        var answer = WireBatches.Answer(decision, batch, view.Images);
        lock (_guard)
        {
            if (_known < 0)
            {
                // The agent went away just now.
                _room.Release();
                return null;
            }

            _next = batch + 1;
            _open.Add(batch, answer);
        }

        var message = new SteerBatchesRequest { Batch = batch, Observation = Observation(view), Progress = progress, Taken = decision };
        var before = _reporting;
        _reporting = Task.Run(() => ReportAsync(before, message, cancellationToken), CancellationToken.None);
        return answer;
    }

    /// <returns>Whether the next batch may be decided here: the agent is there and has no decision of it.</returns>
    private bool TryNext(out long batch)
    {
        lock (_guard)
        {
            batch = _next;
            return _known >= 0 && batch >= _known;
        }
    }

    private BatchObservation Observation(BatchView view) => WireBatches.Observation(view, plan.SeesDraws, plan.Packing);

    private async Task ReportAsync(Task before, SteerBatchesRequest message, CancellationToken cancellationToken)
    {
        try
        {
            await before;
            if (IsGivenBack(message.Batch))
            {
                return;
            }

            List<EarnedReward> due = [.. Due().Where(reward => reward.Batch < message.Batch)];
            if (await SendAsync(message, due, cancellationToken) is not { } response)
            {
                GiveBackFrom(message.Batch);
                return;
            }

            if (message.Taken is null)
            {
                // The agent has lost some, and this number with them.
                return;
            }

            if (!message.Taken.Equals(response.Decision))
            {
                throw new PolicyException($"The agent has another decision of batch {message.Batch} than the one it was trained with.");
            }

            lock (_guard)
            {
                _known = Math.Max(_known, message.Batch + 1);
            }

            if ((message.Batch + 1) % RefreshEvery == 0)
            {
                await RefreshAsync(cancellationToken);
            }
        }
        finally
        {
            _room.Release();
        }
    }

    private bool IsGivenBack(long batch)
    {
        lock (_guard)
        {
            return batch >= _next;
        }
    }

    /// <summary>The agent has not heard of these batches: their numbers are for those that come when it is back.</summary>
    private void GiveBackFrom(long batch)
    {
        lock (_guard)
        {
            (_next, _known) = (batch, -1);
            foreach (var open in _open.Keys.Where(number => number >= batch).ToArray())
            {
                _open.Remove(open);
            }

            _unsent.RemoveAll(reward => reward.Batch >= batch);
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (await agent.NewerPolicyAsync(_sampler!.Version, cancellationToken) is { } newer)
        {
            _sampler.Adopt(newer);
        }
    }
}
