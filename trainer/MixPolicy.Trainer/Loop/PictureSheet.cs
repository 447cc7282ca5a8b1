using MixPolicy.Client;
using MixPolicy.Trainer.Policy;
using MixPolicy.Trainer.Records;
using MixPolicy.Trainer.Reporting;
using MixPolicy.Trainer.Training;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Loop;

/// <summary>Pictures of what each method of the run did, with the best network's saliency.</summary>
internal static class PictureSheet
{
    private const int ImagesMixed = 12;
    private const int ImagesShown = 4;

    /// <summary>Called on the model thread, after the last epoch: the classifier ends with the weights of the best one.</summary>
    internal static IReadOnlyList<MixedPictures> Take(ClassifierSession session, Checkpoints checkpoints, IReadOnlyList<EpochRecord> epochs)
    {
        checkpoints.RestoreBest(session);
        return
        [
            .. epochs.GroupBy(e => e.Metrics.Method).Select(group => group.Last())
                .Where(e => e.ReadChoice().Method != Method.Vanilla)
                .Select(e => Take(session, e)),
        ];
    }

    /// <summary>Pictures of one epoch, with the classifier as it is. Called on the model thread; changes nothing there.</summary>
    internal static MixedPictures Take(ClassifierSession session, EpochRecord epoch)
    {
        var choice = epoch.ReadChoice();

        // A picture of an unmixed batch would show nothing.
        var parameters = LibraryChoices.ParametersOf(choice) with { Probability = 1 };
        var method = LibraryChoices.MethodOf(choice);
        var pictures = session.Pictures(new(method, parameters), Math.Min(ImagesMixed, session.Images.Train), epoch.Metrics.Epoch + 1);
        return new(Choices.Text(choice), method.NeedsSaliency, [.. pictures.Take(ImagesShown)]);
    }
}
