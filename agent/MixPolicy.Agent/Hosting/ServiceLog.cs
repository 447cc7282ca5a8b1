using System.Globalization;
using MixPolicy.Agent.Configuration;
using Serilog;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace MixPolicy.Agent.Hosting;

/// <summary>Where the service logs to: a file a day in the data folder, and the console if wanted.</summary>
internal static class ServiceLog
{
    private const string Line = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";

    public static void Configure(LoggerConfiguration log, AgentOptions options, DataFolder folder)
    {
        ITextFormatter format = options.LogAsJson ? new CompactJsonFormatter() : new MessageTemplateTextFormatter(Line, CultureInfo.InvariantCulture);
        log.MinimumLevel.Is(options.LogLevel)
            .MinimumLevel.Override("Microsoft.AspNetCore", Quieter(options.LogLevel))
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", Quieter(options.LogLevel))
            .MinimumLevel.Override("Grpc", Quieter(options.LogLevel))
            .MinimumLevel.Override("Orleans", Quieter(options.LogLevel))
            .MinimumLevel.Override("Polly", Quieter(options.LogLevel))
            // It counts from the machine's start and so complains at every start of a service.
            .MinimumLevel.Override("Orleans.Runtime.Watchdog", LogEventLevel.Error)
            // It recommends the server's garbage collector, which would take a core's worth of memory from a trainer beside it.
            .MinimumLevel.Override("Orleans.Runtime.Silo", LogEventLevel.Error)
            .WriteTo.File(
                format,
                Path.Combine(folder.Logs, options.LogAsJson ? "agent-.jsonl" : "agent-.log"),
                rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: options.LogFilesKept);
        if (options.LogToConsole)
        {
            log.WriteTo.Console(format);
        }
    }

    /// <summary>The libraries' own information is noise here.</summary>
    private static LogEventLevel Quieter(LogEventLevel level) => level < LogEventLevel.Warning ? LogEventLevel.Warning : level;
}
