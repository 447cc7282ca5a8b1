using Grpc.Core;
using MixPolicy.Client;
using MixPolicy.Client.Transfer;
using MixPolicy.Trainer.Tests.Policy.Batches;

namespace MixPolicy.Trainer.Tests.Policy.Transfer;

public sealed class PolicyTransferTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(300);

    /// <summary>Without a deadline these would wait for ever.</summary>
    [Fact]
    public async Task Transfer_FromAServiceThatDoesNotAnswer_EndsAtItsDeadline()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var service = await BreakingService.StartAsync(stop);
        using var channel = AgentConnection.Open(service.Address);
        var client = new V1.PolicyService.PolicyServiceClient(channel);
        foreach (var call in new Func<DateTime, Task>[]
        {
            deadline => PolicyTransfer.ExportAsync(client, "agents/a", deadline, stop),
            deadline => PolicyTransfer.ExportNewerAsync(client, "agents/a", 3, deadline, stop),
            deadline => PolicyTransfer.HeaderAsync(client, "agents/a", deadline, stop),
            deadline => PolicyTransfer.ImportAsync(client, "agents/a", new(new() { Kind = "ppo()", Size = 1 }, [1]), deadline, stop),
        })
        {
            // The channel tells of a deadline as of a cancellation.
            var ended = await Should.ThrowAsync<Exception>(() => call(DateTime.UtcNow + Soon));
            (ended is OperationCanceledException or RpcException { StatusCode: StatusCode.DeadlineExceeded }).ShouldBeTrue(ended.ToString());
        }
    }
}
