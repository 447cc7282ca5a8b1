using MixPolicy.Agent.Policies;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Policies;

public sealed class MethodTableTests
{
    public static IEnumerable<Method> AllMethods => Enum.GetValues<Method>().Where(method => method != Method.Unspecified);

    [Fact]
    public void All_HasEveryMethodOfTheContractInItsOrder() => MethodTable.All.Select(entry => entry.Method).ShouldBe(AllMethods);

    [Theory]
    [InlineData(Method.Vanilla, false, false)]
    [InlineData(Method.InputMixup, true, false)]
    [InlineData(Method.Cutmix, true, false)]
    [InlineData(Method.RMix, true, true)]
    [InlineData(Method.RMixChooseLeast, true, true)]
    [InlineData(Method.CutTopPaste, false, true)]
    [InlineData(Method.CutTopLeastPaste, false, true)]
    [InlineData(Method.PuzzleMix, true, false)]
    [InlineData(Method.CoMixup, false, false)]
    [InlineData(Method.ManifoldMixup, true, false)]
    [InlineData(Method.SaliencyMix, true, false)]
    [InlineData(Method.ResizeMix, true, false)]
    [InlineData(Method.Fmix, true, false)]
    [InlineData(Method.GridMix, true, false)]
    [InlineData(Method.SmoothMix, true, false)]
    [InlineData(Method.AttentiveMix, false, false)]
    [InlineData(Method.GuidedMixup, false, false)]
    public void Get_Heads_AreThoseOfTheContract(Method method, bool lambda, bool threshold)
    {
        var entry = MethodTable.Get(method);

        (entry.UsesLambda, entry.UsesThreshold).ShouldBe((lambda, threshold));
    }
}
