using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Serilog.Events;

namespace MixPolicy.Agent.Configuration;

/// <summary>Everything the service can be configured with. The descriptions are what <c>--help</c> prints.</summary>
public sealed record AgentOptions
{
    /// <summary>Section of appsettings.json, and first part of the environment variables.</summary>
    public const string Section = "MixPolicy";

    [Description("IP address that both ports listen on. Another than loopback needs authentication.")]
    [Required]
    public string Address { get; init; } = "127.0.0.1";

    [Description("Port of gRPC (HTTP/2), 0 for any free one.")]
    [Range(0, 65535)]
    public int GrpcPort { get; init; } = 5080;

    [Description("Port for browsers and for health checks over HTTP; 0 for any free one.")]
    [Range(0, 65535)]
    public int HttpPort { get; init; } = 5081;

    [Description("Who may call: with Keys whoever has one (made by `keys create`), with None whoever reaches a port, and then only loopback is listened on.")]
    [EnumDataType(typeof(AuthenticationKind))]
    public AuthenticationKind Authentication { get; init; }

    [Description("Listen on other addresses than loopback without authentication all the same: whoever reaches a port may then do everything.")]
    public bool AllowUnauthenticated { get; init; }

    [Description("File that a key for a trainer is put into at start, unless it holds one that works. For a trainer beside this service, whose MIXPOLICY_KEY_FILE names it.")]
    public string? TrainerKeyFile { get; init; }

    [Description("Host names that the HTTP port is reached by, with ; between, besides localhost and the address: example.org, *.example.org. Others are refused.")]
    public string? AllowedHosts { get; init; }

    [Description("PEM file of the service's certificate, any intermediate ones after it. Turns on TLS on both ports. Read anew when it changes.")]
    public string? CertificateFile { get; init; }

    [Description("PEM file of the certificate's private key.")]
    public string? CertificateKeyFile { get; init; }

    [Description("PEM file of the authorities that client certificates have to come from. Turns on mutual TLS: whoever shows none is refused.")]
    public string? ClientAuthorityFile { get; init; }

    [Description("Connections served at a time, of both ports together.")]
    [Range(1, 100_000)]
    public int MaxConnections { get; init; } = 1000;

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
