using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using MixPolicy.Agent.Learning.Validation;

namespace MixPolicy.Agent.Contract;

/// <summary>The refusals of the contract, one for each status it uses.</summary>
public static class Refusal
{
    /// <summary>The reason of the google.rpc.ErrorInfo with which a batch is refused whose decision is there for another number of images.</summary>
    public const string BatchImagesDiffer = "BATCH_IMAGES_DIFFER";

    private const string Domain = "mixpolicy.v1";
    private const int LongestValue = 100;

    /// <param name="field">Path of the field in the request.</param>
    /// <param name="value">What a client sent, of any length.</param>
    public static RefusalException Invalid(string field, string value, string allowed) =>
        Invalid([new(field, value.Length > LongestValue ? $"\"{value[..LongestValue]}...\"" : $"\"{value}\"", allowed)]);

    /// <summary>With a google.rpc.BadRequest detail that names each field at fault.</summary>
    public static RefusalException Invalid(IReadOnlyList<Violation> violations)
    {
        var status = Of(StatusCode.InvalidArgument, string.Join(" ", violations.Select(violation => violation.Description)));
        var detail = new BadRequest();
        detail.FieldViolations.AddRange(violations.Select(violation =>
            new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description }));
        status.Details.Add(Any.Pack(detail));
        return new(status);
    }

    public static void ThrowIfAny(IReadOnlyList<Violation> violations)
    {
        if (violations.Count > 0)
        {
            throw Invalid(violations);
        }
    }

    public static RefusalException NotFound(string name) => new(Of(StatusCode.NotFound, $"{name} does not exist."));

    /// <summary>The same id or interval is there with other content.</summary>
    /// <param name="differences">What differs, each with the value there and the value given.</param>
    /// <param name="remedy">How to go on: a sentence, or nothing.</param>
    /// <param name="reason">For clients that act on it: a google.rpc.ErrorInfo with this reason goes along.</param>
    public static RefusalException Differs(string name, IEnumerable<string> differences, string remedy = "", string? reason = null)
    {
        var status = Of(StatusCode.AlreadyExists, $"{name} is there already and differs: {string.Join("; ", differences)}. {remedy}".TrimEnd());
        if (reason is not null)
        {
            status.Details.Add(Any.Pack(new ErrorInfo { Reason = reason, Domain = Domain }));
        }

        return new(status);
    }

    /// <summary>The call does not fit the state the run or agent is in.</summary>
    public static RefusalException OutOfOrder(string message) => new(Of(StatusCode.FailedPrecondition, message));

    /// <summary>The lease is another's, or has lapsed.</summary>
    public static RefusalException NoLease(string message) => new(Of(StatusCode.Aborted, message));

    /// <summary>A message above the limit.</summary>
    public static RefusalException TooLarge(string message) => new(Of(StatusCode.ResourceExhausted, message));

    /// <summary>Not now; the same call may be repeated.</summary>
    public static RefusalException Unavailable(string message) => new(Of(StatusCode.Unavailable, message));

    /// <summary>For whatever breaks while everything is taken down: the client's remedy is the same.</summary>
    public static RefusalException Stopping() => Unavailable("The service stops; call again when it is back.");

    /// <summary>A defect of the service. What happened is in its log only.</summary>
    public static RefusalException Internal() => new(Of(StatusCode.Internal, "The service failed; its log has the details."));

    private static Google.Rpc.Status Of(StatusCode code, string message) => new() { Code = (int)code, Message = message };
}
