using MixPolicy.Torch.Checkpoints;
using MixPolicy.Trainer.Records;
using MixPolicy.Trainer.Training;

namespace MixPolicy.Trainer.Loop;

/// <summary>
/// The checkpoints of a training: the last two, and the best of each. One holds the classifier and the program's own state, the report of the last epoch
/// included: so what is sent to the agent is always on the disk before. Called on the model thread.
/// </summary>
internal sealed class Checkpoints(RunFolder folder)
{
    private const string Kind = "training";
    private const string State = "state";
    private const int Schema = 1;

    private readonly CheckpointStore _last = new(folder.Checkpoints, Kind, Schema, keep: 2);

    // One for each of the last two, and one that is saved while the checkpoint that names it is not there yet.
    private readonly CheckpointStore _best = new(folder.BestCheckpoint, Kind, Schema, keep: 3);

    /// <param name="isBest">The best is saved first: a checkpoint that names a best epoch then finds it. After a crash in between, see <see cref="Restore"/>.</param>
    public void Save(ClassifierSession session, TrainingState state, bool isBest)
    {
        void Write(CheckpointWriter writer)
        {
            session.Save(writer);
            writer.Json(State, state);
        }

        if (isBest)
        {
            _best.Save(state.Epochs.Count, Write);
        }

        _last.Save(state.Epochs.Count, Write);
    }

    /// <summary>Takes classifier and state back from the last good checkpoint; null where there is none.</summary>
    /// <param name="refused">Told of damaged ones that were passed over.</param>
    public TrainingState? Restore(ClassifierSession session, Action<CheckpointRefusal> refused)
    {
        if (_last.LoadLatest(refused) is not { } reader)
        {
            // The training begins again: no best one of its former life may be taken for one of its own.
            _best.DeleteAfter(0);
            return null;
        }

        // Read first: the classifier stays as it is if this is refused.
        var state = reader.Json<TrainingState>(State);
        session.Restore(reader);

        // A later best one is of an epoch that is forgotten with this checkpoint. Repeated, it may come out otherwise, and no longer be the best.
        _best.DeleteAfter(state.BestEpoch + 1);
        return state;
    }

    /// <summary>Puts the weights of the best epoch into the classifier.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    public void RestoreBest(ClassifierSession session)
    {
        if (_best.LoadLatest(refused => throw new CheckpointException($"{refused.Folder}: {refused.Reason}")) is { } reader)
        {
            session.RestoreNetwork(reader);
        }
    }
}
