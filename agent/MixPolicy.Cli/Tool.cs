using System.CommandLine;
using Grpc.Core;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Security.Commands;
using MixPolicy.Cli.Commands;
using MixPolicy.Cli.Service;
using MixPolicy.Client;

namespace MixPolicy.Cli;

/// <summary>The program: what people ask of an agent service from a terminal.</summary>
public static class Tool
{
    private const int Failure = 1;
    private const int Usage = 2;
    private const int Interrupted = 130;

    /// <summary>Runs one command line. Every failure is one line on <paramref name="error"/>.</summary>
    /// <returns>0; 1 where the service refuses or is away, or something is wrong; 2 where the command line is.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var root = Create(output, error);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync($"error: {string.Join(' ', parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}");
            return Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output, Error = error }, cancellationToken);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            return Interrupted;
        }
        catch (RpcException e)
        {
            await error.WriteLineAsync(e.StatusCode == StatusCode.Unavailable
                ? $"error: the service does not answer: {e.Status.Detail.ReplaceLineEndings(" ").TrimEnd('.')}. 'mixpolicy doctor' looks for the cause."
                : $"error: {RpcErrors.Text(e)}");
            return Failure;
        }
        catch (Exception e)
        {
            await error.WriteLineAsync($"error: {e.Message.ReplaceLineEndings(" ")}");
            return Failure;
        }
    }

    private static RootCommand Create(TextWriter output, TextWriter error)
    {
        var connection = new ConnectionOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON, one object a line, by the field names of the contract.", Recursive = true };
        var root = new RootCommand("mixpolicy: look after an agent service. Its address: --agent, or MIXPOLICY_AGENT; its key: MIXPOLICY_KEY or MIXPOLICY_KEY_FILE.")
        {
            new AgentCommand(connection, json, output),
            new RunsCommand(connection, json, output),
            new WatchCommand(connection, json, output),
            new ExportCommand(connection, json, output),
            new ImportCommand(connection, json, output),
            new DoctorCommand(connection, json, output),
            new CompletionCommand(output),
        };
        foreach (var command in AdministratorCommands.Create(CommandLine.Sources(), json, output, error))
        {
            root.Add(command);
        }

        root.Options.Add(json);
        connection.AddTo(root);
        return root;
    }
}
