using System.Threading.RateLimiting;

namespace MixPolicy.Agent.Security.Keys;

/// <summary>
/// Slows down whoever tries keys that do not work. It counts by address and key id: a guesser gets nowhere with a key, and its rightful holder elsewhere, or another
/// key from the same address, is not locked out by that.
/// </summary>
internal sealed class FailedAttempts : IDisposable
{
    public const int Allowed = 10;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // One that has nothing to remember is thrown away by the framework.
    private readonly PartitionedRateLimiter<string> _limits = PartitionedRateLimiter.Create<string, string>(who =>
        RateLimitPartition.GetFixedWindowLimiter(who, _ => new() { PermitLimit = Allowed, Window = Window, QueueLimit = 0 }));

    /// <summary>Whether a key is looked at at all.</summary>
    public bool MayTry(string from, string id)
    {
        using var lease = _limits.AttemptAcquire(Who(from, id), permitCount: 0);
        return lease.IsAcquired;
    }

    /// <param name="id">The id that was claimed, or null.</param>
    /// <returns>False if that was one too many.</returns>
    public bool Failed(string from, string? id)
    {
        using var lease = _limits.AttemptAcquire(Who(from, id));
        return lease.IsAcquired;
    }

    public void Dispose() => _limits.Dispose();

    private static string Who(string from, string? id) => $"{from} {id}";
}
