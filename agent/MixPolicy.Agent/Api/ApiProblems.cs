using Google.Rpc;
using Grpc.Core;
using MixPolicy.Agent.Contract;

namespace MixPolicy.Agent.Api;

/// <summary>What is refused, as problem details (RFC 9457): the same sentences as over gRPC. What the client cannot act on stays in the log.</summary>
internal sealed partial class ApiProblems(ILogger<ApiProblems> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (RefusalException e)
        {
            return Problem(e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(context.HttpContext.Request.Path, e);
            return Problem(Refusal.Internal());
        }
    }

    internal static IResult Problem(RefusalException refusal)
    {
        var status = refusal.Status;
        var violations = status.GetDetail<BadRequest>()?.FieldViolations;
        return violations is { Count: > 0 }
            ? TypedResults.ValidationProblem(
                violations.GroupBy(violation => violation.Field).ToDictionary(group => group.Key, group => group.Select(violation => violation.Description).ToArray()),
                detail: status.Message)
            : TypedResults.Problem(status.Message, statusCode: HttpStatus((StatusCode)status.Code));
    }

    private static int HttpStatus(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.AlreadyExists or StatusCode.FailedPrecondition or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status413PayloadTooLarge,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed")]
    private partial void Failed(PathString path, Exception exception);
}
