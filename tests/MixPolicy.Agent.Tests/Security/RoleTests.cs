using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using MixPolicy.Agent.Security.Access;
using MixPolicy.Agent.Tests.Service;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Security;

public sealed class RoleTests
{
    private static readonly string[] Reading = ["GetAgent", "ListAgents", "GetRun", "ListRuns", "ListDecisions", "ExportPolicy", "Watch"];

    public static TheoryData<string> Methods => new(PolicyService.Descriptor.Methods.Select(method => method.Name));

    /// <summary>Every method of the contract, whatever is added to it: who may only read, may not call what is not listed here.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Viewer_CallsAMethod_OnlyReadingIsAllowed(string method)
    {
        await using var service = await SecureService.StartAsync();
        var status = await CallAsync(service, await service.KeyAsync("ann", "viewer"), method);
        if (Reading.Contains(method))
        {
            status.ShouldBeOneOf("0", "3", "5");
        }
        else
        {
            status.ShouldBe("7");
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Nobody_CallsAMethod_IsRefused(string method)
    {
        await using var service = await SecureService.StartAsync();
        (await CallAsync(service, null, method)).ShouldBe("16");
    }

    /// <summary>None relies on the policy that endpoints have which name none.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Method_NamesItsPolicy(string method)
    {
        var front = typeof(Hosting.AgentHost).Assembly.GetTypes().Single(type => type.BaseType == typeof(PolicyService.PolicyServiceBase));
        var policy = front.GetMethod(method)!.GetCustomAttribute<AuthorizeAttribute>().ShouldNotBeNull().Policy;
        policy.ShouldBe(Reading.Contains(method) ? AccessPolicies.Read : AccessPolicies.Write);
    }

    [Fact]
    public async Task Viewer_Refused_LearnsWhy()
    {
        await using var service = await SecureService.StartAsync();
        var viewer = await service.ClientAsync("ann", "viewer");
        var refusal = await viewer.CreateAgentAsync(new() { AgentId = "a", Spec = Scripted.RandomAgent() }).RefusedAsync(StatusCode.PermissionDenied);
        refusal.Status.Detail.ShouldBe("The key's role viewer does not allow this.");
    }

    [Fact]
    public async Task Grpc_WithASessionsCookie_IsNotAuthenticated()
    {
        await using var service = await SecureService.StartAsync();
        using var browser = service.Browser();
        var cookie = await SignInTests.SignInAsync(browser, await service.KeyAsync("ann", "admin"));
        (await CallAsync(service, null, "ListAgents", cookie)).ShouldBe("16");
    }

    /// <summary>One call with an empty message, bare: the grpc-status of its reply.</summary>
    private static async Task<string> CallAsync(SecureService service, string? key, string method, string? cookie = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service.Service.GrpcAddress, $"/mixpolicy.v1.PolicyService/{method}"))
        {
            Version = new(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TE.Add(new("trailers"));
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        using var reply = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        if (reply.Headers.TryGetValues("grpc-status", out var atOnce))
        {
            return atOnce.Single();
        }

        await reply.Content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        return reply.TrailingHeaders.GetValues("grpc-status").Single();
    }
}
