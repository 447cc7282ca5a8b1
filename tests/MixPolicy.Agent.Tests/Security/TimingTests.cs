using System.Reflection;
using System.Security.Cryptography;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Log;

namespace MixPolicy.Agent.Tests.Security;

/// <summary>How long a refusal takes tells nothing about the secret. Measuring that on a busy machine shows little, so the compiled code is read.</summary>
public sealed class TimingTests
{
    private static readonly Assembly Agent = typeof(AgentHost).Assembly;

    [Fact]
    public void Matches_ComparesInConstantTime()
    {
        var matches = Agent.GetType("MixPolicy.Agent.Security.Keys.ApiKey", throwOnError: true)!.GetMethod("Matches")!;
        Called(matches).ShouldContain(typeof(CryptographicOperations).GetMethod(nameof(CryptographicOperations.FixedTimeEquals))!);
    }

    /// <summary>The stored hash is read in one place, which hands it to <c>Matches</c>.</summary>
    [Fact]
    public void Hash_IsComparedNowhereElse()
    {
        var hash = typeof(KeyRow).GetProperty(nameof(KeyRow.Hash))!.GetMethod!;
        var readers = Agent.GetTypes()
            .Where(type => type != typeof(KeyRow))
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => Called(method).Contains(hash));
        var reader = readers.ShouldHaveSingleItem();
        reader.DeclaringType!.FullName.ShouldStartWith("MixPolicy.Agent.Security.Keys.KeyCheck");
        Called(reader).Select(method => $"{method.DeclaringType?.Name}.{method.Name}").ShouldContain("ApiKey.Matches");
    }

    /// <summary>What a method calls, as far as its bytes tell.</summary>
    private static List<MethodBase> Called(MethodInfo method)
    {
        var called = new List<MethodBase>();
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var i = 0; i + 4 < code.Length; i++)
        {
            // call and callvirt, each with a token.
            if (code[i] is not (0x28 or 0x6F))
            {
                continue;
            }

            try
            {
                called.Add(method.Module.ResolveMethod(BitConverter.ToInt32(code, i + 1), method.DeclaringType!.GetGenericArguments(), method.GetGenericArguments())!);
            }
            catch (Exception e) when (e is ArgumentException or BadImageFormatException)
            {
                // A byte of an operand that looked like a call.
            }
        }

        return called;
    }
}
