using MixPolicy.Testing;

namespace MixPolicy.Ppo.Tests.Golden;

/// <summary>The golden cases of the area <c>ppo</c>; a prefix that no test knows is an error.</summary>
internal static class PpoGolden
{
    private static readonly string[] Known = ["gae_", "loss_", "cartpole_trace"];

    public static TheoryData<string> Cases(string prefix) => [.. GoldenFolder.Cases("ppo", Known, prefix)];
}
