using Grpc.Core;
using MixPolicy.Agent.Naming;
using MixPolicy.Agent.Security.Access;

namespace MixPolicy.Agent.Security.Audit;

/// <summary>
/// Who did what, when and from where. Its category has a file of its own (see <see cref="Hosting.ServiceLog"/>), whatever level the rest of the log has. Keys
/// are named by id; what a client sent stands here only where it has the form of a name.
/// </summary>
internal sealed partial class AuditLog(ILoggerFactory loggers)
{
    public const string Category = "MixPolicy.Audit";

    private readonly ILogger _log = loggers.CreateLogger(Category);

    public void AgentCreated(Caller caller, AgentName agent) => Created(agent, caller.ShownKey, caller.ShownOwner, caller.From);

    public void AgentDeleted(Caller caller, AgentName agent) => Deleted(agent, caller.ShownKey, caller.ShownOwner, caller.From);

    public void PolicyExported(Caller caller, AgentName agent) => Exported(agent, caller.ShownKey, caller.ShownOwner, caller.From);

    public void PolicyImported(Caller caller, AgentName agent) => Imported(agent, caller.ShownKey, caller.ShownOwner, caller.From);

    public void Refused(Caller? caller, string what, StatusCode code, string from)
    {
        var who = caller ?? Caller.Anyone(from);
        RefusedCall(what, code, who.ShownKey, who.ShownOwner, from);
    }

    /// <param name="key">The id that was claimed, or null if what came has not the form of a key.</param>
    /// <param name="reason">Why it does not work.</param>
    public void KeyRefused(string? key, string from, string reason) => RefusedKey(key ?? Caller.None, from, reason);

    public void SignedIn(Caller caller) => InWith(caller.ShownKey, caller.ShownOwner, caller.From);

    public void SignedOut(Caller caller) => OutOf(caller.ShownKey, caller.ShownOwner, caller.From);

    [LoggerMessage(EventName = "AgentCreated", Level = LogLevel.Information, Message = "{Agent} created by key {Key} of {Owner} from {From}")]
    private partial void Created(AgentName agent, string key, string owner, string from);

    [LoggerMessage(EventName = "AgentDeleted", Level = LogLevel.Information, Message = "{Agent} deleted by key {Key} of {Owner} from {From}")]
    private partial void Deleted(AgentName agent, string key, string owner, string from);

    [LoggerMessage(EventName = "PolicyExported", Level = LogLevel.Information, Message = "policy of {Agent} exported by key {Key} of {Owner} from {From}")]
    private partial void Exported(AgentName agent, string key, string owner, string from);

    [LoggerMessage(EventName = "PolicyImported", Level = LogLevel.Information, Message = "policy of {Agent} imported by key {Key} of {Owner} from {From}")]
    private partial void Imported(AgentName agent, string key, string owner, string from);

    /// <param name="what">Name of the method, or pattern of the route.</param>
    [LoggerMessage(EventName = "CallRefused", Level = LogLevel.Warning, Message = "{What} refused with {Code} to key {Key} of {Owner} from {From}")]
    private partial void RefusedCall(string what, StatusCode code, string key, string owner, string from);

    [LoggerMessage(EventName = "KeyRefused", Level = LogLevel.Warning, Message = "key {Key} from {From} refused: {Reason}")]
    private partial void RefusedKey(string key, string from, string reason);

    [LoggerMessage(EventName = "SignedIn", Level = LogLevel.Information, Message = "signed in with key {Key} of {Owner} from {From}")]
    private partial void InWith(string key, string owner, string from);

    [LoggerMessage(EventName = "SignedOut", Level = LogLevel.Information, Message = "signed out key {Key} of {Owner} from {From}")]
    private partial void OutOf(string key, string owner, string from);

    [LoggerMessage(EventName = "KeyCreated", Level = LogLevel.Information, Message = "key {Key} created for {Owner} as {Role} until {Expires} by {By}")]
    public partial void KeyCreated(string key, string owner, Role role, DateTimeOffset? expires, string by);

    /// <param name="agents">Those that had no owner.</param>
    [LoggerMessage(EventName = "AgentsAdopted", Level = LogLevel.Information, Message = "{Agents} agents without an owner given to {Owner} by {By}")]
    public partial void AgentsAdopted(int agents, string owner, string by);

    [LoggerMessage(EventName = "KeyRevoked", Level = LogLevel.Information, Message = "key {Key} of {Owner} revoked by {By}")]
    public partial void KeyRevoked(string key, string owner, string by);
}
