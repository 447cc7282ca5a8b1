using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Telemetry;
using Serilog;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;

namespace MixPolicy.Agent.Hosting;

/// <summary>Where the service logs to: a file a day in the data folder, the console if wanted, and a receiver of OTLP where the environment names one.</summary>
internal static class ServiceLog
{
    /// <summary>Of this service in telemetry.</summary>
    public const string ServiceName = "mixpolicy-agent";

    public static void Configure(LoggerConfiguration log, AgentOptions options, DataFolder folder)
    {
        ITextFormatter format = options.LogAsJson ? new CompactJsonFormatter() : new TracedLine();
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

        if (OtlpExport.IsOn())
        {
            // It reads the address and the rest from the same variables as the exporters of metrics and traces.
            log.WriteTo.OpenTelemetry(otlp =>
            {
                otlp.ResourceAttributes = OtlpExport.ResourceOf(ServiceName);
                otlp.OnBeginSuppressInstrumentation = OpenTelemetry.SuppressInstrumentationScope.Begin;
            });
        }
    }

    /// <summary>The libraries' own information is noise here.</summary>
    private static LogEventLevel Quieter(LogEventLevel level) => level < LogEventLevel.Warning ? LogEventLevel.Warning : level;
}
