using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Security.Access;
using MixPolicy.Agent.Security.Audit;

namespace MixPolicy.Agent.Security.Keys;

/// <summary>Tells whether a key that somebody shows is one that works. Asks the database each time, so that a revoked key is refused from its commit on.</summary>
internal sealed class KeyCheck(KeyStore keys, FailedAttempts failures, KeyUses uses, AgentClock clock, AuditLog audit)
{
    // Compared with where there is no key of that id, so that this takes as long.
    private static readonly byte[] Nobody = ApiKey.Create().Hash();

    /// <param name="shown">What came, whatever it is.</param>
    /// <param name="from">The address it came from.</param>
    public async Task<KeyVerdict> CheckAsync(string shown, string from, CancellationToken cancellationToken)
    {
        var key = ApiKey.TryParse(shown);
        if (key is not null && !failures.MayTry(from, key.Id))
        {
            return KeyVerdict.Wait;
        }

        var row = key is null ? null : await keys.FindAsync(key.Id, cancellationToken);
        var reason = key is null ? $"not of the form {ApiKey.Form}"
            : !key.Matches(row?.Hash ?? Nobody) || row is null ? "no such key"
            : row.Fault(clock.Now) is { } fault ? $"the key {fault}"
            : null;
        if (reason is not null)
        {
            audit.KeyRefused(key?.Id, from, reason);
            return failures.Failed(from, key?.Id) ? KeyVerdict.Refused(reason) : KeyVerdict.Wait;
        }

        uses.Used(row!.Id);
        return new(row, null);
    }
}

/// <param name="Key">The key, if it works.</param>
/// <param name="Reason">Why it does not; no secret.</param>
/// <param name="TooMany">Attempts have failed too often: nothing was looked at.</param>
internal sealed record KeyVerdict(KeyRow? Key, string? Reason, bool TooMany = false)
{
    public static KeyVerdict Wait { get; } = new(null, $"too many attempts failed; try again in {FailedAttempts.Window.TotalSeconds:0} seconds", TooMany: true);

    public static KeyVerdict Refused(string reason) => new(null, reason);

    /// <summary>Who shows the key.</summary>
    public Caller? Caller(string from) => Key is null ? null : new(Key.Owner, Key.Role, Key.Id, from);
}
