using System.Security.Cryptography;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Log;
using MixPolicy.V1;

namespace MixPolicy.Agent.Grains;

/// <summary>
/// Who may drive a run, and until when. What is stored decides, with one exception: while the service was down nobody could renew, so after its
/// start every holder has its full duration again.
/// </summary>
public sealed class LeaseRules(AgentClock clock)
{
    // A renewal that is not part of a commit is written ahead by this part of the duration, so that one write serves many.
    private const double Ahead = 0.25;

    private readonly DateTimeOffset _serviceStart = clock.Now;

    /// <summary>When the lease lapses if nothing is heard.</summary>
    public DateTimeOffset Expires(RunRow run) => Later(run.LeaseExpires, _serviceStart + run.LeaseDuration);

    public RunState StateOf(RunRow run) =>
        run.Finished is not null ? RunState.Finished : clock.Now < Expires(run) ? RunState.Active : RunState.Stale;

    /// <summary>Now, for the database. A lease of a longer duration than the service runs is not lapsed: a holder from before its start still has time.</summary>
    internal (DateTimeOffset Now, TimeSpan SinceStart) Moment()
    {
        var now = clock.Now;
        return (now, now - _serviceStart);
    }

    /// <summary>Those of <paramref name="runs"/> that are in a state: the database's form of <see cref="StateOf"/>.</summary>
    public IQueryable<RunRow> In(IQueryable<RunRow> runs, RunState state)
    {
        var (now, sinceStart) = Moment();
        return state switch
        {
            RunState.Finished => runs.Where(row => row.Finished != null),
            RunState.Active => runs.Where(row => row.Finished == null && (row.LeaseExpires > now || row.LeaseDuration > sinceStart)),
            RunState.Stale => runs.Where(row => row.Finished == null && row.LeaseExpires <= now && row.LeaseDuration <= sinceStart),
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state a run can be in."),
        };
    }

    /// <summary>Refuses a caller that does not hold the run. A finished run is held by its last holder for good.</summary>
    /// <exception cref="RefusalException">ABORTED.</exception>
    public void Demand(RunRow run, string token)
    {
        if (!Equal(run.LeaseToken, token))
        {
            throw Refusal.NoLease(token.Length == 0
                ? $"lease_token is empty: a call for {run.Name} carries the token that StartRun gave."
                : $"The lease of {run.Name} is held under another token: another trainer has started this run since.");
        }

        if (StateOf(run) == RunState.Stale)
        {
            throw Refusal.NoLease($"The lease of {run.Name} lapsed at {Expires(run):O}. StartRun with its token takes the run up again.");
        }
    }

    /// <summary>The run under the caller of StartRun.</summary>
    /// <param name="token">The token the caller had before, or empty.</param>
    /// <exception cref="RefusalException">ABORTED: another holds it.</exception>
    public RunRow Taken(RunRow run, string token, TimeSpan duration)
    {
        var known = Equal(run.LeaseToken, token);
        if (!known && StateOf(run) == RunState.Active)
        {
            throw Refusal.NoLease(
                $"{run.Name} is held by another trainer until {Expires(run):O}, longer if it renews. Its holder gives its lease_token; others wait.");
        }

        return run with { LeaseToken = TokenFor(token), LeaseDuration = duration, LeaseExpires = clock.Now + duration };
    }

    /// <summary>The run with its lease renewed, for a commit that is made anyway.</summary>
    public RunRow Renewed(RunRow run) => run with { LeaseExpires = Later(run.LeaseExpires, clock.Now + run.LeaseDuration) };

    /// <summary>The run as it must be written to renew its lease, or null if what is stored will do.</summary>
    public RunRow? RenewedIfDue(RunRow run) => Expires(run) >= clock.Now + run.LeaseDuration
        ? null
        : run with { LeaseExpires = clock.Now + (run.LeaseDuration * (1 + Ahead)) };

    /// <summary>
    /// The token a lease is given out under: the client's own, which it can store before it calls, so that no crash in between locks it out; or
    /// 128 random bits.
    /// </summary>
    public static string TokenFor(string given) => given.Length > 0 ? given : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    // In constant time: a token is a secret.
    private static bool Equal(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(left), System.Text.Encoding.UTF8.GetBytes(right));

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
