using System.Diagnostics;
using MixPolicy.Client;
using MixPolicy.Trainer.Commands;
using MixPolicy.Trainer.Display;
using MixPolicy.Trainer.Policy;
using MixPolicy.Trainer.Policy.Batches;
using MixPolicy.Trainer.Records;
using MixPolicy.Trainer.Telemetry;
using MixPolicy.Trainer.Training;

namespace MixPolicy.Trainer.Loop;

/// <summary>
/// Decide, train, measure, checkpoint, record; then the next epoch. The report of an epoch is in its checkpoint before the agent gets it, with the
/// question for the next: killed anywhere, the training goes on from the checkpoint with the same bytes, and so with the same decisions.
/// </summary>
internal sealed class TrainingLoop(
    TrainSettings settings, RunFolder folder, ModelHost model, Checkpoints checkpoints, AgentSession agent, BatchSteering? batches, PictureUploads uploads, ITrainingDisplay display, TrainerMetrics metrics, TrainingState state, TimeProvider time)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    private readonly List<EpochRecord> _epochs = [.. state.Epochs];
    private readonly TensorBoardFiles _board = new(folder.TensorBoard);
    private readonly long _start = time.GetTimestamp();
    private int _best = state.BestEpoch;
    private int _resumedFrom;

    /// <summary>Runs to the last epoch and ends the agent's run.</summary>
    /// <returns>The finished training, and whether the agent has confirmed the end.</returns>
    public async Task<(TrainingState State, bool Finished)> RunAsync(CancellationToken cancellationToken)
    {
        _resumedFrom = _epochs.Count;
        // After a kill between checkpoint and records, they are behind.
        MetricsFile.Write(folder.Metrics, _epochs.Select(e => e.Metrics));
        _epochs.ForEach(epoch => _board.Write(epoch.Metrics));
        while (_epochs.Count < settings.Epochs)
        {
            await EpochAsync(_epochs.Count, cancellationToken);
        }

        var finished = await agent.FinishAsync(settings.Epochs - 1, batches is null ? null : batches.LastMessage, cancellationToken);
        TakeRewards();
        return (State(), finished);
    }

    private async Task EpochAsync(int epoch, CancellationToken cancellationToken)
    {
        using var span = TrainerTracing.Epoch(agent.RunName, epoch);
        var asked = time.GetTimestamp();
        var steering = await agent.DecideAsync(epoch, cancellationToken);
        var secondsDecide = time.GetElapsedTime(asked).TotalSeconds;
        TakeRewards();

        // Decided all the same: the agent's log has every interval.
        steering = epoch >= settings.Epochs - settings.MixupOffEpochs ? steering.WithMixupOff() : steering;
        display.EpochStarts(epoch, settings.Epochs, steering);
        var outcome = await model.RunAsync(session => Train(session, epoch, steering, secondsDecide, span, cancellationToken), cancellationToken);
        if (outcome.Training.Batches is not null)
        {
            // Before the checkpoint, whose batches have numbers that the agent knows.
            await batches!.EndEpochAsync();
        }

        _epochs.Add(outcome.Record());
        agent.Report(epoch, steering, outcome.Report(settings.Epochs));
        var isBest = IsBest(epoch);
        _best = isBest ? epoch : _best;

        // Not cancelled half-way: an epoch that ran is kept.
        await model.RunAsync(session => checkpoints.Save(session, State(), isBest), CancellationToken.None);
        MetricsFile.Write(folder.Metrics, _epochs.Select(e => e.Metrics));
        _board.Write(_epochs[^1].Metrics);
        metrics.EpochEnded(_epochs[^1].Metrics, outcome.Training.Images);
        display.EpochEnds(_epochs[^1].Metrics, settings.Epochs, TimeLeft());
        if (PictureUploads.Wants(steering))
        {
            uploads.Offer(epoch, _epochs[^1].Metrics.Method, await model.RunAsync(session => PictureSheet.Take(session, _epochs[^1]), cancellationToken));
        }

        if (outcome.Training.Batches is not null)
        {
            // Only now: the agent may be away for long, and what is saved is not lost.
            await batches!.SendRewardsAsync((epoch + 1.0) / settings.Epochs, cancellationToken);
        }
    }

    private EpochOutcome Train(ClassifierSession session, int epoch, Steering steering, double secondsDecide, Activity? traced, CancellationToken cancellationToken)
    {
        using var span = TrainerTracing.Train(traced);
        var told = time.GetTimestamp();
        void Tell(EpochProgress progress)
        {
            display.Batch(progress.Batch, progress.Batches, progress.RunningLoss, progress.ImagesPerSecond);
            if (time.GetElapsedTime(told) >= ProgressInterval)
            {
                told = time.GetTimestamp();
                agent.Progress(new()
                {
                    Interval = epoch,
                    Batch = progress.Batch,
                    Batches = progress.Batches,
                    RunningLoss = progress.RunningLoss,
                    ImagesPerSecond = progress.ImagesPerSecond,
                });
            }
        }

        // The session counts epochs from 1.
        var choice = new MixChoice(LibraryChoices.MethodOf(steering.Choice), LibraryChoices.ParametersOf(steering.Choice))
        {
            // An epoch under the fallback is not the agent's: nothing of it is asked for.
            Steering = steering.Deviates ? null : batches,
        };
        var training = session.TrainEpoch(epoch + 1, choice, measureSimilarity: settings.Reward == RewardNames.GradientSimilarity, Tell, cancellationToken);
        var heldOut = session.Images.HeldOut > 0 ? session.Evaluate(DataPart.HeldOut, cancellationToken) : null;
        return new(epoch, steering, training, heldOut, session.Evaluate(DataPart.Test, cancellationToken), secondsDecide);
    }

    /// <summary>By held-out top-1, the earlier one of equals; the last epoch where nothing is held out.</summary>
    private bool IsBest(int epoch) => epoch == 0
        || _epochs[epoch].Metrics.HoldoutTop1 is not { } top1
        || top1 > _epochs[_best].Metrics.HoldoutTop1;

    /// <summary>Rewards come one decision later than what earned them.</summary>
    private void TakeRewards()
    {
        var changed = false;
        for (var k = 0; k < _epochs.Count; k++)
        {
            if (_epochs[k].Metrics.Reward is null && agent.Rewards.Of(k) is { } reward)
            {
                _epochs[k] = _epochs[k] with { Metrics = _epochs[k].Metrics with { Reward = reward } };
                _board.WriteReward(k, reward);
                changed = true;
            }
        }

        if (changed)
        {
            MetricsFile.Write(folder.Metrics, _epochs.Select(e => e.Metrics));
        }
    }

    private TrainingState State() => new([.. _epochs], agent.Backlog.State(), _best, state.Seconds + time.GetElapsedTime(_start).TotalSeconds)
    {
        Batches = batches?.State,
    };

    private TimeSpan TimeLeft() => time.GetElapsedTime(_start) / (_epochs.Count - _resumedFrom) * (settings.Epochs - _epochs.Count);
}
