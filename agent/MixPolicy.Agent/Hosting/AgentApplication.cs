using System.Net;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MixPolicy.Agent.Api;
using MixPolicy.Agent.Artifacts;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Dashboard;
using MixPolicy.Agent.Experiments;
using MixPolicy.Agent.Front;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Live;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Security;
using MixPolicy.Agent.Security.Access;
using MixPolicy.Agent.Security.Tls;
using MixPolicy.Agent.Security.Web;
using MixPolicy.Agent.Telemetry;
using Orleans.Serialization;
using Serilog;

namespace MixPolicy.Agent.Hosting;

/// <summary>Puts the service together.</summary>
internal static class AgentApplication
{
    private const string Ready = "ready";

    private const int LargestHeaders = 16 * 1024;

    /// <summary>The service of grpc.health.v1 that asks for nothing but an answer.</summary>
    public const string Live = "live";

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
            if (TlsListening.IsOn(options))
            {
                // A file that cannot be used is an error of the start, not of the first connection.
                application.Services.GetRequiredService<CertificateFiles>();
            }

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
            .AddSingleton<RunTables>()
            .AddHostedService<LeftoverFolders>();
        JsonApi.Add(services);
        builder.AddDashboard();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.MaxMessageBytes;
            grpc.MaxSendMessageSize = options.MaxMessageBytes;
            grpc.Interceptors.Add<FailureInterceptor>();
            grpc.Interceptors.Add<HealthAccess>();
        });
        ServiceSecurity.Add(services, options, folder);
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", tags: [Ready])
            // gRPC calls a service without any check UNKNOWN, which probes take for dead.
            .AddCheck("alive", () => HealthCheckResult.Healthy(), tags: [Live]);
        services.AddGrpcHealthChecks(health =>
        {
            health.Services.Map(Live, check => check.Tags.Contains(Live));
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
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = limits.MaxConcurrentUpgradedConnections = options.MaxConnections;
        limits.MaxRequestHeadersTotalSize = limits.Http2.MaxRequestHeaderFieldSize = LargestHeaders;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        // Above what a message may have: gRPC refuses that itself, and says why.
        limits.MaxRequestBodySize = options.MaxMessageBytes + LargestHeaders;
        Listen(kestrel, options, new(address, options.GrpcPort), HttpProtocols.Http2, servesGrpc: true);
        Listen(kestrel, options, new(address, options.HttpPort), TlsListening.IsOn(options) ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1, servesGrpc: false);
    }

    private static void Listen(KestrelServerOptions kestrel, AgentOptions options, IPEndPoint end, HttpProtocols protocols, bool servesGrpc) => kestrel.Listen(end, listen =>
    {
        listen.Protocols = protocols;
        PortKind.Mark(listen, servesGrpc);
        if (TlsListening.IsOn(options))
        {
            TlsListening.Use(listen, kestrel.ApplicationServices.GetRequiredService<CertificateFiles>());
        }
    });

    private static void Map(WebApplication application)
    {
        application.UseDashboard();
        ServiceSecurity.Use(application);
        application.MapGrpcService<PolicyFront>();
        application.MapGrpcHealthChecksService().AllowAnonymous();
        if (application.Environment.IsDevelopment())
        {
            application.MapGrpcReflectionService();
        }

        JsonApi.Map(application).RequireAuthorization(AccessPolicies.Read);
        application.MapDashboard()?.RequireAuthorization(AccessPolicies.Read);
        application.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        application.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready) })
            .RequireAuthorization(ServiceSecurity.Readiness);
        SignIn.Map(application, application.Services.GetRequiredService<AgentOptions>());
    }
}
