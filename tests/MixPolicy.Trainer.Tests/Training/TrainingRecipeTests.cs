using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Training;

namespace MixPolicy.Trainer.Tests.Training;

public sealed class TrainingRecipeTests
{
    private static readonly TrainingRecipe Valid = new() { Model = "preactresnet18-w4", Epochs = 3, BatchSize = 20, Seed = 11 };

    public static TheoryData<string, TrainingRecipe> Wrong => new()
    {
        { nameof(TrainingRecipe.Epochs), Valid with { Epochs = 0 } },
        { nameof(TrainingRecipe.BatchSize), Valid with { BatchSize = 1 } },
        { nameof(TrainingRecipe.HoldOutFraction), Valid with { HoldOutFraction = double.NaN } },
        { nameof(TrainingRecipe.MaxLearningRate), Valid with { MaxLearningRate = double.NaN } },
        { nameof(TrainingRecipe.MaxLearningRate), Valid with { MaxLearningRate = 0 } },
        { nameof(TrainingRecipe.WeightDecay), Valid with { WeightDecay = double.PositiveInfinity } },
        { nameof(TrainingRecipe.WeightDecay), Valid with { WeightDecay = -1e-4 } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Session_OfAWrongRecipe_NamesTheNumber(string name, TrainingRecipe recipe) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ClassifierSession(recipe, ShapesDataset.Generate(1, 100, 10), TorchSharp.torch.CPU, TimeProvider.System))
            .ParamName.ShouldBe(name);
}
