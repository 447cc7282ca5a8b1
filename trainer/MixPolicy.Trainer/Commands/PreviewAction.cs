using System.Globalization;
using MixPolicy.Mixup;
using MixPolicy.Torch.Threads;
using MixPolicy.Trainer.Data;
using MixPolicy.Trainer.Records;
using MixPolicy.Trainer.Reporting.Sheets;
using MixPolicy.Trainer.Training;
using TorchSharp;

namespace MixPolicy.Trainer.Commands;

/// <summary>Draws the sheet of a preview.</summary>
internal static class PreviewAction
{
    // Some seconds on one processor: enough for the saliency to follow the object.
    private const int TrainImages = 1000;
    private const int Epochs = 3;
    private const int BatchSize = 50;
    private const double MaxLearningRate = 0.05;

    // One partition of Co-Mixup.
    private const int ImagesMixed = 20;
    private const int OutputsShown = 3;

    internal static async Task<int> RunAsync(PreviewRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        using var thread = new ModelThread("preview", intraOpThreads: 1);
        var png = await thread.RunAsync(() => Draw(request, time, cancellationToken), cancellationToken);
        var file = Path.GetFullPath(request.File);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        AtomicFile.Write(file, png);
        Console.WriteLine($"{request.File}: {request.Methods.Count} {(request.Methods.Count == 1 ? "method" : "methods")}");
        return 0;
    }

    private static byte[] Draw(PreviewRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        var data = Datasets.Open(request.Dataset, request.Data, TrainImages, 1);
        var recipe = new TrainingRecipe
        {
            Model = request.Model,
            Epochs = Epochs,
            BatchSize = BatchSize,
            Seed = request.Seed,
            HoldOutFraction = 0,
            MaxLearningRate = MaxLearningRate,
        };
        using var session = new ClassifierSession(recipe, data, torch.CPU, time);
        var unmixed = new MixChoice(MixupMethods.Vanilla, MixupMethods.Vanilla.Published);
        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            session.TrainEpoch(epoch, unmixed, measureSimilarity: false, progress: null, cancellationToken);
        }

        var blocks = request.Methods.Select(name =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Block(session, MixupMethods.ByName(name));
        });
        return PreviewSheet.Draw($"{request.Dataset}, {request.Model}, seed {request.Seed.ToString(CultureInfo.InvariantCulture)}", [.. blocks]);
    }

    private static PreviewBlock Block(ClassifierSession session, IMixupMethod method)
    {
        // A picture of an unmixed batch would show nothing.
        var parameters = method.Published with { Probability = 1 };
        var pictures = session.Pictures(new(method, parameters), Math.Min(ImagesMixed, session.Images.Train), Epochs);
        string[] setting =
        [
            .. method.UsesLambda ? [$"lambda {parameters.Lambda}"] : Array.Empty<string>(),
            .. method.UsesThreshold ? [$"threshold {parameters.Threshold}"] : Array.Empty<string>(),
        ];
        return new(method.Name, string.Join(", ", setting), [.. pictures.Take(OutputsShown)]);
    }
}
