using System.CommandLine;

namespace MixPolicy.Trainer.Commands;

/// <summary>Runs a parsed command line and turns every failure into one line and an exit code.</summary>
internal static class ExitCodes
{
    internal const int Failure = 1;
    internal const int Usage = 2;

    /// <summary>As shells count an end by SIGINT.</summary>
    internal const int Interrupted = 130;

    internal static async Task<int> OfAsync(ParseResult parsed, TextWriter error, CancellationToken cancellationToken)
    {
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync($"error: {parsed.Errors[0].Message}");
            return Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellationToken);
        }
        catch (UsageException e)
        {
            await error.WriteLineAsync($"error: {e.Message}");
            return Usage;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (Exception e)
        {
            // Whatever it is, the user gets its message; where it came from is in the run's error.log (TrainAction).
            await error.WriteLineAsync($"error: {e.Message.ReplaceLineEndings(" ")}");
            return Failure;
        }
    }
}
