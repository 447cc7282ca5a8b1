using System.Net;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MixPolicy.Agent.Api;
using MixPolicy.Agent.Artifacts;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Experiments;
using MixPolicy.Agent.Front;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Live;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Telemetry;
using Orleans.Serialization;
using Serilog;

namespace MixPolicy.Agent.Hosting;

/// <summary>Puts the service together.</summary>
internal static class AgentApplication
{
    private const string Ready = "ready";
    private const string Live = "live";

    /// <param name="builder">Without services of its own.</param>
    /// <param name="options">Valid options.</param>
    /// <exception cref="SettingsException">The data folder cannot be used.</exception>
    public static WebApplication Build(WebApplicationBuilder builder, AgentOptions options, TimeProvider time)
    {
        var folder = new DataFolder(options.DataFolder);
        try
        {
            // By factory, so that the container disposes of what it hands out.
            builder.Services.AddSingleton(_ => folder);
            AddServices(builder, options, folder, time);
            var application = builder.Build();
            application.Services.GetRequiredService<DataFolder>();
            application.Services.GetRequiredService<LogDatabase>().Migrate();
            // Leases run from here.
            application.Services.GetRequiredService<LeaseRules>();
            application.Services.GetRequiredService<ServiceGauges>();
            Map(application);
            return application;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static void AddServices(WebApplicationBuilder builder, AgentOptions options, DataFolder folder, TimeProvider time)
    {
        builder.WebHost.UseKestrel(kestrel => Listen(kestrel, options));
        builder.Host.UseOrleans(LoopbackSilo.Configure);
        var services = builder.Services;
        // Two services may live in one process: each keeps a logger of its own.
        services.AddSerilog((_, log) => ServiceLog.Configure(log, options, folder), preserveStaticLogger: true);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.StopSeconds));
        services.AddSerializer(serializer => serializer.AddAssembly(typeof(IAgentGrain).Assembly));
        services.AddMetrics();
        services.AddSingleton(options)
            .AddSingleton(new AgentClock(time))
            .AddSingleton<AgentMetrics>()
            .AddSingleton<ExperimentReadings>()
            .AddSingleton<ServiceGauges>()
            .AddSingleton<LogDatabase>()
            .AddSingleton<LeaseRules>()
            .AddSingleton<ModelThreads>()
            .AddSingleton<RunSignals>()
            .AddSingleton<RunWatches>()
            .AddSingleton<Listings>()
            .AddSingleton<SteerStream>()
            .AddSingleton<SteerBatchesStream>()
            .AddSingleton<PolicyTransfer>()
            .AddSingleton<ArtifactUpload>()
            .AddSingleton<ArtifactFiles>()
            .AddSingleton<ArtifactShelf>()
            .AddSingleton<WatchStream>()
            .AddSingleton<RunCatalog>()
            .AddSingleton<HistoryStore>()
            .AddSingleton<RunCharts>()
            .AddSingleton<RunComparison>()
            .AddSingleton<RunTables>();
        JsonApi.Add(services);
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.MaxMessageBytes;
            grpc.MaxSendMessageSize = options.MaxMessageBytes;
            grpc.Interceptors.Add<FailureInterceptor>();
        });
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", tags: [Ready]);
        // As over HTTP: "live" asks for nothing but an answer.
        services.AddGrpcHealthChecks(health =>
        {
            health.Services.Map(Live, _ => false);
            health.Services.Map(V1.PolicyService.Descriptor.FullName, check => check.Tags.Contains(Ready));
        });
        if (builder.Environment.IsDevelopment())
        {
            services.AddGrpcReflection();
        }
    }

    /// <summary>Without TLS a port speaks HTTP/1.1 or HTTP/2, not both: so there are two.</summary>
    private static void Listen(KestrelServerOptions kestrel, AgentOptions options)
    {
        var address = IPAddress.Parse(options.Address);
        kestrel.AddServerHeader = false;
        kestrel.Listen(address, options.GrpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        kestrel.Listen(address, options.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);
    }

    private static void Map(WebApplication application)
    {
        application.MapGrpcService<PolicyFront>();
        application.MapGrpcHealthChecksService();
        if (application.Environment.IsDevelopment())
        {
            application.MapGrpcReflectionService();
        }

        JsonApi.Map(application);
        application.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        application.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready) });
    }
}
