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
    public void Get_Heads_AreThoseOfTheContract(Method method, bool lambda, bool threshold)
    {
        var entry = MethodTable.Get(method);

        (entry.UsesLambda, entry.UsesThreshold).ShouldBe((lambda, threshold));
    }
}
