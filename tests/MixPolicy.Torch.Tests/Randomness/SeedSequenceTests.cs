using MixPolicy.Torch.Randomness;

namespace MixPolicy.Torch.Tests.Randomness;

public sealed class SeedSequenceTests
{
    /// <summary>
    /// From Python: <c>int.from_bytes(sha256(b"u" + (1).to_bytes(8, "little")).digest()[:8], "little")</c> and so on. Stored decisions depend on them.
    /// </summary>
    [Fact]
    public void Derive_KnownParts_NeverChanges()
    {
        SeedSequence.Derive(1UL).ShouldBe(6362151770750125448UL);
        SeedSequence.Derive(ulong.MaxValue, "runs/ü", 7).ShouldBe(6517409972805849785UL);
        SeedSequence.Derive("").ShouldBe(18178779017926613661UL);
    }

    [Fact]
    public void Derive_PartsThatLookAlike_GiveDifferentSeeds()
    {
        ulong[] seeds =
        [
            SeedSequence.Derive("ab", "c"), SeedSequence.Derive("a", "bc"), SeedSequence.Derive("abc"), SeedSequence.Derive("abc", ""), SeedSequence.Derive("", "abc"),
            SeedSequence.Derive(1, 2), SeedSequence.Derive(2, 1), SeedSequence.Derive(1), SeedSequence.Derive("1"), SeedSequence.Derive(1, 0), SeedSequence.Derive(0, 1),
        ];

        seeds.ShouldBeUnique();
    }

    [Fact]
    public void Derive_NegativeNumber_IsItsTwosComplement() => SeedSequence.Derive(-1).ShouldBe(SeedSequence.Derive(ulong.MaxValue));

    [Fact]
    public void Derive_Nothing_IsRefused() => Should.Throw<ArgumentException>(() => SeedSequence.Derive());

    [Fact]
    public void Derive_TextThatIsNotUnicode_IsRefused() => Should.Throw<ArgumentException>(() => SeedSequence.Derive("\ud800"));
}
