using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Live;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Security.Access;
using MixPolicy.V1;

namespace MixPolicy.Agent.Front;

/// <summary>
/// Watch: reads the log onwards from the database at each signal, so that nothing is lost however slow the client is, and adds what is not logged.
/// One loop writes the stream.
/// </summary>
internal sealed class WatchStream(LogDatabase database, RunSignals signals, LeaseRules leases, AgentClock clock, IHostApplicationLifetime lifetime)
{
    // How late a lapsed lease may be noticed.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    public async Task RunAsync(WatchRequest request, IServerStreamWriter<RunEvent> events, ServerCallContext context)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        var (agent, run) = Scope(request);
        var caller = context.Caller();
        using var subscription = signals.Subscribe(agent, run);
        // A lease lapses without a signal.
        await using var tick = clock.Time.CreateTimer(_ => subscription.Wake(agent), null, Tick, Tick);
        var logs = new WatchedLogs(database, caller, agent, run);
        await logs.OpenAsync(request.LiveOnly ? null : request.AfterSequence, ending.Token);
        // From here on nothing is missed, and the client may know it before the first event.
        await context.WriteResponseHeadersAsync([]);
        var lapses = new LeaseWatch(database, leases, clock, caller, agent, run);
        while (true)
        {
            await foreach (var logged in logs.NextAsync(ending.Token))
            {
                await events.SendAsync(logged, ending.Token);
            }

            foreach (var (name, progress, time) in subscription.TakeProgress().Where(shown => logs.Has(shown.Run.Agent)))
            {
                await events.SendAsync(new() { Run = name.ToString(), Time = time.ToTimestamp(), Progress = progress }, ending.Token);
            }

            foreach (var change in await lapses.NextAsync(ending.Token))
            {
                await events.SendAsync(change, ending.Token);
            }

            await subscription.WaitAsync(ending.Token);
        }
    }

    private static (AgentName Agent, RunName? Run) Scope(WatchRequest request)
    {
        RunName? run = RunName.TryParse(request.Name, out var name) ? name : null;
        var agent = run is null ? AgentName.ParseOrAny("name", request.Name) : new(name.Agent);
        if (request.AfterSequence < 0 || (agent == AgentName.Any && request.AfterSequence > 0))
        {
            throw Refusal.Invalid(
                "after_sequence", $"{request.AfterSequence}", agent == AgentName.Any ? "0: a position belongs to one agent" : "0, or the position of an event");
        }

        return (agent, run);
    }
}
