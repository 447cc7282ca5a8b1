using MixPolicy.Agent.Tests.Service;

namespace MixPolicy.Agent.Tests.Batches;

public sealed class FlowControlTests : IAsyncLifetime
{
    // So many that without a bound all of them would be decided.
    private const int Batches = 120;
    private const int Images = 4096;

    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    /// <summary>An answer has 4 kB. What is not read fills HTTP/2's windows; then nothing more is read, nor decided, until it is.</summary>
    [Fact]
    public async Task Client_ThatSendsAndDoesNotRead_IsHeldUp_AndGoesOnWhenItReads()
    {
        var started = await _service.Client.StartAsync(ScriptedBatches.Set());
        using var stream = new BatchClient(_service.Client);
        var observation = ScriptedBatches.Observation(0, Images, classes: 2);
        var sent = 0;
        var sending = Task.Run(
            async () =>
            {
                for (; sent < Batches; sent++)
                {
                    await stream.SendAsync(new() { Run = started.Run.Name, LeaseToken = started.Lease.Token, Batch = sent, Observation = observation });
                }
            },
            TestContext.Current.CancellationToken);

        var held = await UntilNothingHappensAsync();
        held.ShouldBeInRange(1, Batches / 2);
        sending.IsCompleted.ShouldBeFalse("the client's writes wait, too");
        sent.ShouldBeLessThan(Batches);

        for (var batch = 0; batch < Batches; batch++)
        {
            (await stream.AnswerAsync()).Decision.Batch.ShouldBe(batch);
        }

        await sending;
        (await AgentAsync()).Batches.ShouldBe(Batches);
    }

    /// <summary>The batches decided when no more have been for many looks, each after a call that is answered.</summary>
    private async Task<long> UntilNothingHappensAsync()
    {
        const int Looks = 40;
        var (decided, same) = (-1L, 0);
        while (same < Looks)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            var now = (await AgentAsync()).Batches;
            (decided, same) = now == decided && now > 0 ? (decided, same + 1) : (now, 0);
        }

        return decided;
    }

    private async Task<V1.Agent> AgentAsync() => await _service.Client.GetAgentAsync(new() { Name = "agents/a" });
}
