using System.Reflection;
using MixPolicy.Agent.Configuration;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Diagnostics;

namespace MixPolicy.Agent.Telemetry;

/// <summary>
/// Telemetry out by OTLP, as the standard environment variables of OpenTelemetry say. Off unless OTEL_EXPORTER_OTLP_ENDPOINT names a receiver. Everything is sent in the background
/// in batches: a receiver that is away costs what it would have got, and nothing else.
/// </summary>
public static class OtlpExport
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    public const string Disabled = "OTEL_SDK_DISABLED";

    // The same in all signals of a process.
    private static readonly string Instance = Guid.NewGuid().ToString();

    /// <summary>Whether telemetry goes out.</summary>
    /// <exception cref="SettingsException">A variable cannot be understood.</exception>
    public static bool IsOn(Func<string, string?> variable)
    {
        if (variable(Endpoint) is not { Length: > 0 } endpoint || bool.TryParse(variable(Disabled), out var disabled) && disabled)
        {
            return false;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new SettingsException($"{Endpoint} is '{endpoint}'; it must be the address of an OTLP receiver, as http://localhost:4317.");
        }

        return variable(Protocol) is null or "" or "grpc" or "http/protobuf"
            ? true
            : throw new SettingsException($"{Protocol} is '{variable(Protocol)}'; it must be grpc or http/protobuf.");
    }

    /// <summary>Whether it does by the environment of this process.</summary>
    /// <inheritdoc cref="IsOn(Func{string, string?})"/>
    public static bool IsOn() => IsOn(Environment.GetEnvironmentVariable);

    /// <summary>Metrics and traces of the service. Its log is Serilog's to send.</summary>
    /// <param name="service">Name of the service, where OTEL_SERVICE_NAME does not say another.</param>
    /// <param name="more">Meters and activity sources of the program besides the service's.</param>
    public static IOpenTelemetryBuilder SendMixPolicy(this IOpenTelemetryBuilder telemetry, string service, params string[] more) => telemetry
        .ConfigureResource(resource => resource.AddAttributes(ResourceOf(service)).AddEnvironmentVariableDetector())
        .WithTracing(traces => traces
            .AddSource([AgentTracing.SourceName, ActivitySources.ApplicationGrainActivitySourceName, .. more])
            .AddAspNetCoreInstrumentation(http => http.Filter = context => !IsHealthCheck(context.Request.Path))
            .AddOtlpExporter())
        .WithMetrics(metrics => metrics
            .AddMeter([AgentMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", .. more])
            .AddOtlpExporter());

    internal static Dictionary<string, object> ResourceOf(string service) => new()
    {
        ["service.name"] = service,
        ["service.version"] = typeof(OtlpExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        ["service.instance.id"] = Instance,
    };

    private static bool IsHealthCheck(PathString path) => path.StartsWithSegments("/health") || path.StartsWithSegments("/grpc.health.v1.Health");
}
