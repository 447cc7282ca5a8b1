using MixPolicy.Torch.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace MixPolicy.Torch.Tests.Randomness;

public sealed class GeneratorStateTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    [Fact]
    public void Restore_IntoAnotherGenerator_DrawsOnBitForBit()
    {
        using var first = new Generator(11);
        Draw(first);
        var state = GeneratorState.Save(first);
        using var second = new Generator(99);

        GeneratorState.Restore(second, state);

        Draw(second).ShouldBe(Draw(first));
        GeneratorState.Save(second).ShouldBe(GeneratorState.Save(first));
    }

    [Fact]
    public void Save_WithACachedNormal_KeepsIt()
    {
        // One double at a time: normals come in pairs and the second waits inside the generator.
        using var first = new Generator(3);
        randn([1], dtype: ScalarType.Float64, generator: first);
        using var second = new Generator(0);
        GeneratorState.Restore(second, GeneratorState.Save(first));

        randn([1], dtype: ScalarType.Float64, generator: second).item<double>().ShouldBe(randn([1], dtype: ScalarType.Float64, generator: first).item<double>());
    }

    [Fact]
    public void Generators_OfDifferentOwners_DoNotDisturbEachOtherOrTheGlobalOne()
    {
        using var alone = new Generator(21);
        var expected = Draw(alone);
        using var watched = new Generator(21);
        using var other = new Generator(22);

        rand(5);
        Draw(other);

        Draw(watched).ShouldBe(expected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(5057)]
    public void Restore_BytesOfAnotherLength_AreRefused(int length)
    {
        using var generator = new Generator(1);

        Should.Throw<ArgumentException>(() => GeneratorState.Restore(generator, new byte[length])).Message
            .ShouldContain($"the state of a cpu generator has 5056 bytes, these are {length}");
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(9, 0xff)]
    [InlineData(11, 0x80)]
    [InlineData(12, 0)]
    [InlineData(18, 0xff)]
    public void Restore_StateThatLibtorchWouldDieOf_IsRefusedAndChangesNothing(int offset, byte value)
    {
        using var generator = new Generator(1);
        Draw(generator);
        var good = GeneratorState.Save(generator);
        var bad = good.ToArray();
        bad[offset] = value;
        if (offset == 8)
        {
            bad.AsSpan(8, 4).Clear();
        }

        Should.Throw<ArgumentException>(() => GeneratorState.Restore(generator, bad)).Message.ShouldContain("the bytes are not the state of a cpu generator");

        GeneratorState.Save(generator).ShouldBe(good);
    }

    public void Dispose() => _scope.Dispose();

    private static float[] Draw(Generator generator) =>
        [.. rand([4], generator: generator).data<float>(), .. randn([17], generator: generator).data<float>(), randint(0, 1000, [1], dtype: ScalarType.Float32, generator: generator).item<float>()];
}
