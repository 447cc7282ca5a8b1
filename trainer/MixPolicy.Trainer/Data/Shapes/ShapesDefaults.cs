namespace MixPolicy.Trainer.Data.Shapes;

/// <summary>What a training without options does: tuned together, so that it ends in minutes on two cores and mixing pays.</summary>
public static class ShapesDefaults
{
    /// <summary>The images are the same for every seed of the training.</summary>
    public const long GeneratorSeed = 2022;

    public const int TrainImages = 1_000;
    public const int TestImages = 1_000;
    public const string Model = "preactresnet18-w16";
    public const int Epochs = 60;
    public const int BatchSize = 50;
}
