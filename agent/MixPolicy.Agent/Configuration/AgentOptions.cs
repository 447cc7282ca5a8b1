using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Serilog.Events;

namespace MixPolicy.Agent.Configuration;

/// <summary>Everything the service can be configured with. The descriptions are what <c>--help</c> prints.</summary>
public sealed record AgentOptions
{
    /// <summary>Section of appsettings.json, and first part of the environment variables.</summary>
    public const string Section = "MixPolicy";

    [Description("IP address that both ports listen on. There is no authentication: leave the loopback only behind a network you trust.")]
    [Required]
    public string Address { get; init; } = "127.0.0.1";

    [Description("Port of gRPC (HTTP/2 without TLS), 0 for any free one.")]
    [Range(0, 65535)]
    public int GrpcPort { get; init; } = 5080;

    [Description("Port of HTTP/1.1: /health/live and /health/ready; 0 for any free one.")]
    [Range(0, 65535)]
    public int HttpPort { get; init; } = 5081;

    [Description("Folder of the database, the snapshots and the log files. One service at a time uses it.")]
    [Required]
    public string DataFolder { get; init; } = "data/agent";

    [Description("Threads that compute policies. Each agent stays on one of them.")]
    [Range(1, 64)]
    public int ModelThreads { get; init; } = 2;

    [Description("Largest gRPC message taken or sent, in bytes. The observation of a batch is the largest: 4 bytes x images x (classes + patches^2), or 2 as bfloat16.")]
    [Range(64 * 1024, 256 * 1024 * 1024)]
    public int MaxMessageBytes { get; init; } = 32 * 1024 * 1024;

    [Description("How long calls may go on after the service was asked to stop, in seconds. Streams end at once.")]
    [Range(0, 600)]
    public int StopSeconds { get; init; } = 10;

    [Description("Least level that is logged: Verbose, Debug, Information, Warning, Error or Fatal.")]
    [EnumDataType(typeof(LogEventLevel))]
    public LogEventLevel LogLevel { get; init; } = LogEventLevel.Information;

    [Description("Write the log to the console too, not only to logs/ in the data folder.")]
    public bool LogToConsole { get; init; } = true;

    [Description("Write the log as compact JSON, one object a line.")]
    public bool LogAsJson { get; init; }

    [Description("Log files kept, one a day.")]
    [Range(1, 3650)]
    public int LogFilesKept { get; init; } = 14;
}
