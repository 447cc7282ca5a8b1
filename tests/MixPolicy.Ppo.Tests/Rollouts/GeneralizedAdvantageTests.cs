using MixPolicy.Ppo.Rollouts;

namespace MixPolicy.Ppo.Tests.Rollouts;

public sealed class GeneralizedAdvantageTests
{
    [Fact]
    public void Compute_Terminal_ByHand()
    {
        // γ = ½, λ = ½. δ₂ = 4 + 0 − 2 = 2; δ₁ = 1 + ½·2 − 1 = 1; δ₀ = 0 + ½·1 − 3 = −2½
        // A₂ = 2; A₁ = 1 + ¼·2 = 1½; A₀ = −2½ + ¼·1½ = −2⅛
        Advantages([0, 1, 4], [3, 1, 2], nextValue: 0).ShouldBe([-2.125f, 1.5f, 2]);
    }

    [Fact]
    public void Compute_Bootstrapped_AddsTheDiscountedNextValue()
    {
        // As above with V = 8 behind the end: δ₂ = 4 + ½·8 − 2 = 6; A₁ = 1 + ¼·6 = 2½; A₀ = −2½ + ¼·2½
        Advantages([0, 1, 4], [3, 1, 2], nextValue: 8).ShouldBe([-1.875f, 2.5f, 6]);
    }

    [Fact]
    public void Compute_LambdaOne_IsTheDiscountedReturnMinusTheValue()
    {
        var advantages = new float[3];
        GeneralizedAdvantage.Compute([1, 2, 3], [5, 6, 7], nextValue: 4, gamma: 0.5, lambda: 1, advantages);

        // 1 + ½·2 + ¼·3 + ⅛·4 − 5
        advantages[0].ShouldBe(-1.75f);
    }

    private static float[] Advantages(float[] rewards, float[] values, float nextValue)
    {
        var advantages = new float[rewards.Length];
        GeneralizedAdvantage.Compute(rewards, values, nextValue, gamma: 0.5, lambda: 0.5, advantages);
        return advantages;
    }
}
