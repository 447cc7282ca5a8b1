using MixPolicy.V1;

namespace MixPolicy.Client.Tests;

public sealed class ChoicesTests
{
    public static TheoryData<Choice, string> Said => new()
    {
        { Choices.Vanilla, "vanilla" },
        { new() { Method = Method.InputMixup, LambdaAlpha = 0.525 }, "input-mixup α=0.53" },
        { new() { Method = Method.Cutmix, LambdaValue = 0.25, Probability = 0.5 }, "cutmix λ=0.25 on 50 % of batches" },
        { new() { Method = Method.Cutmix, LambdaAlpha = 1, Probability = 1 }, "cutmix α=1.00" },
        { new() { Method = Method.RMix, LambdaAlpha = 1, ThresholdBand = new() { Center = 0.31, Spread = 0.2 } }, "rmix α=1.00 t=0.31±0.10" },
        { new() { Method = Method.RMix, ThresholdGrid = new() { Points = 10 } }, "rmix t=grid of 10" },
        { new() { Method = Method.RMix, LambdaAlpha = 1, ThresholdPerBatch = new() }, "rmix α=1.00 t=per batch" },
        { new() { Method = (Method)99, LambdaAlpha = 1 }, "method 99 α=1.00" },
    };

    [Theory]
    [MemberData(nameof(Said))]
    public void Text_SaysAllOfAChoice(Choice choice, string text) => Choices.Text(choice).ShouldBe(text);
}
