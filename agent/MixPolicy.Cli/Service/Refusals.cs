using Google.Rpc;
using Grpc.Core;

namespace MixPolicy.Cli.Service;

/// <summary>What the service refused, in one line.</summary>
internal static class Refusals
{
    public static string Text(RpcException e)
    {
        var violations = string.Join("; ", e.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations.Select(v => $"{v.Field}: {v.Description}") ?? []);
        var text = e.Status.Detail.ReplaceLineEndings(" ");
        return e.StatusCode == StatusCode.Unavailable ? $"the service does not answer: {text.TrimEnd('.')}. 'mixpolicy doctor' looks for the cause."
            : violations.Length == 0 || text.Contains(violations, StringComparison.Ordinal) ? $"{text} ({e.StatusCode})"
            : $"{text} ({e.StatusCode}: {violations})";
    }
}
