using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Security.Audit;
using MixPolicy.Agent.Telemetry;
using Serilog;
using Serilog.Events;
using Serilog.Filters;
using Serilog.Formatting;
using Serilog.Formatting.Compact;

namespace MixPolicy.Agent.Hosting;

/// <summary>
/// Where the service logs to: a file a day in the data folder, the console if wanted, and a receiver of OTLP where the environment names one. The audit log has files of its own.
/// </summary>
internal static class ServiceLog
{
    /// <summary>Of this service in telemetry.</summary>
    public const string ServiceName = "mixpolicy-agent";

    /// <summary>Bytes of a file of the audit log, at which the next begins. Without another file Serilog would drop what comes after.</summary>
    public const long LargestAuditFile = 10 * 1024 * 1024;

    /// <summary>Files of it that are kept: a year's, as whoever looks into what happened does so late, and some for days that need several.</summary>
    public const int AuditFilesKept = 500;

    public static void Configure(LoggerConfiguration log, AgentOptions options, DataFolder folder)
    {
        ITextFormatter format = options.LogAsJson ? new CompactJsonFormatter() : new TracedLine();
        log.MinimumLevel.Is(options.LogLevel)
            .MinimumLevel.Override(AuditLog.Category, LogEventLevel.Information)
            .MinimumLevel.Override("Microsoft.AspNetCore", Quieter(options.LogLevel))
            // It says at each start that the keys of sessions lie in the data folder as they are. They do, like all else there.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", Quieter(options.LogLevel))
            .MinimumLevel.Override("Grpc", Quieter(options.LogLevel))
            .MinimumLevel.Override("Orleans", Quieter(options.LogLevel))
            .MinimumLevel.Override("Polly", Quieter(options.LogLevel))
            // It counts from the machine's start and so complains at every start of a service.
            .MinimumLevel.Override("Orleans.Runtime.Watchdog", LogEventLevel.Error)
            // It recommends the server's garbage collector, which would take a core's worth of memory from a trainer beside it.
            .MinimumLevel.Override("Orleans.Runtime.Silo", LogEventLevel.Error)
            .WriteTo.Logger(main =>
            {
                main.Filter.ByExcluding(entry => entry.Level < options.LogLevel).WriteTo.File(
                    format,
                    Path.Combine(folder.Logs, options.LogAsJson ? "agent-.jsonl" : "agent-.log"),
                    rollingInterval: RollingInterval.Day,
                    retainedFileCountLimit: options.LogFilesKept);
                if (options.LogToConsole)
                {
                    main.WriteTo.Console(format);
                }

                if (OtlpExport.IsOn())
                {
                    // It reads the address and the rest from the same variables as the exporters of metrics and traces.
                    main.WriteTo.OpenTelemetry(otlp =>
                    {
                        otlp.ResourceAttributes = OtlpExport.ResourceOf(ServiceName);
                        otlp.OnBeginSuppressInstrumentation = OpenTelemetry.SuppressInstrumentationScope.Begin;
                    });
                }
            });
        Audit(log, Path.Combine(folder.Audit, "audit-.jsonl"));
    }

    /// <summary>The audit log of a command: a process of its own, so a file of its own.</summary>
    public static void ConfigureCommand(LoggerConfiguration log, DataFolder folder) => Audit(log, Path.Combine(folder.Audit, "commands-.jsonl"));

    private static void Audit(LoggerConfiguration log, string path) => log.WriteTo.Logger(audit => audit
        .Filter.ByIncludingOnly(Matching.FromSource(AuditLog.Category))
        .WriteTo.File(
            new CompactJsonFormatter(),
            path,
            rollingInterval: RollingInterval.Day,
            fileSizeLimitBytes: LargestAuditFile,
            rollOnFileSizeLimit: true,
            retainedFileCountLimit: AuditFilesKept));

    /// <summary>The libraries' own information is noise here.</summary>
    private static LogEventLevel Quieter(LogEventLevel level) => level < LogEventLevel.Warning ? LogEventLevel.Warning : level;
}
