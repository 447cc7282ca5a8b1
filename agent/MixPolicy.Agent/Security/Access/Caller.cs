namespace MixPolicy.Agent.Security.Access;

/// <summary>Who asks. Travels with a call from the socket to the grain and to the database.</summary>
/// <param name="Owner">Whose agents it sees and whose the agents become that it creates; null without authentication.</param>
/// <param name="Role">What it may do.</param>
/// <param name="KeyId">The key it came with, or null without authentication.</param>
/// <param name="From">The address it came from, or what stands for one.</param>
[GenerateSerializer, Immutable, Alias("mixpolicy.caller")]
public sealed record Caller([property: Id(0)] string? Owner, [property: Id(1)] Role Role, [property: Id(2)] string? KeyId, [property: Id(3)] string From)
{
    /// <summary>How a key or owner is shown that there is not.</summary>
    public const string None = "-";

    private const string RequestKey = "mixpolicy.caller";

    /// <summary>The service itself: replay, health, housekeeping.</summary>
    public static Caller Service { get; } = new(null, Role.Admin, null, "service");

    /// <summary>The caller of the grain call that runs. Null if nobody said: then nothing is shown.</summary>
    public static Caller? Current
    {
        get => RequestContext.Get(RequestKey) as Caller;
        set => RequestContext.Set(RequestKey, value!);
    }

    /// <summary>The key's id, for logs.</summary>
    public string ShownKey => KeyId ?? None;

    /// <summary>The owner, for logs.</summary>
    public string ShownOwner => Owner ?? None;

    /// <summary>Agents of every owner, and those without one.</summary>
    public bool SeesAll => Role == Role.Admin;

    /// <summary>Somebody who has shown nothing, and sees nothing.</summary>
    public static Caller Anyone(string from) => new(null, Role.Viewer, null, from);

    public bool MaySee(string? owner) => SeesAll || (owner is not null && owner == Owner);
}
