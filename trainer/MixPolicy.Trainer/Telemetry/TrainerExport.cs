using MixPolicy.Agent.Telemetry;
using MixPolicy.Client;
using OpenTelemetry;

namespace MixPolicy.Trainer.Telemetry;

/// <summary>Sends what the trainer and an agent in its process measure by OTLP, where the environment names a receiver.</summary>
internal static class TrainerExport
{
    private const string ServiceName = "mixpolicy-trainer";

    /// <returns>To be disposed of at the end, which sends what is left; null where nothing is sent.</returns>
    /// <exception cref="MixPolicy.Agent.Configuration.SettingsException">A variable of the environment cannot be understood.</exception>
    /// <remarks>The client's own spans lie between the trainer's and the service's: without them a trace would have a gap.</remarks>
    public static IDisposable? Start() =>
        OtlpExport.IsOn() ? OpenTelemetrySdk.Create(telemetry => telemetry.SendMixPolicy(ServiceName, TrainerMetrics.MeterName, ClientTracing.SourceName, "Grpc.Net.Client", "System.Net.Http")) : null;
}
