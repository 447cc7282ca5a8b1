using Google.Rpc;
using Grpc.Core;

namespace MixPolicy.Client;

/// <summary>Which failures pass by themselves, and what to tell of the others.</summary>
public static class RpcErrors
{
    /// <summary>
    /// The service is away, stopping, overloaded or in trouble of its own: the same call may succeed later. Every call of the contract can be repeated.
    /// </summary>
    public static bool IsTransient(RpcException e) => e.StatusCode is
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Internal or StatusCode.Unknown or StatusCode.ResourceExhausted;

    /// <summary>An error that repeating does not cure, for the user.</summary>
    public static PolicyException Refused(RpcException e) => new($"The agent refused: {Text(e)}{Advice(e.StatusCode)}", e);

    /// <summary>The status as one line, with the field violations it carries.</summary>
    public static string Text(RpcException e)
    {
        var violations = e.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations.Select(v => $"{v.Field}: {v.Description}") ?? [];
        var detail = string.Join("; ", violations);
        var text = e.Status.Detail.ReplaceLineEndings(" ");
        return detail.Length == 0 || text.Contains(detail, StringComparison.Ordinal) ? $"{text} ({e.StatusCode})" : $"{text} ({e.StatusCode}: {detail})";
    }

    /// <summary>What went wrong, in one line.</summary>
    public static string Reason(Exception? e) => e is RpcException rpc ? Text(rpc) : e?.Message ?? "";

    private static string Advice(StatusCode status) => status switch
    {
        StatusCode.Unauthenticated => "; give a key of the service: MIXPOLICY_KEY, or MIXPOLICY_KEY_FILE, in the environment",
        StatusCode.PermissionDenied => "; the key must have the role trainer; agents and runs of other owners are not its own to drive",
        _ => "",
    };
}
