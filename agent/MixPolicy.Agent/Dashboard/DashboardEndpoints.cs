using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using MixPolicy.Agent.Dashboard.Live;
using MixPolicy.Agent.Dashboard.Shown;

namespace MixPolicy.Agent.Dashboard;

/// <summary>The pages, served on the HTTP port: docs/dashboard.md.</summary>
internal static class DashboardEndpoints
{
    public static void AddDashboard(this WebApplicationBuilder builder)
    {
        // From a build, the files of packages lie in the package cache, and a manifest beside the assembly says where; a publish has all in wwwroot.
        StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);
        builder.Services.AddSingleton<LiveRuns>().AddSingleton<AgentReader>().AddHostedService<WarmUp>();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
    }

    /// <summary>Who asked for a page that is not there gets one that says so. To be called before what checks requests: the other page is checked as well.</summary>
    public static void UseDashboard(this WebApplication application) => application.UseWhen(
        context => HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal),
        pages => pages.UseStatusCodePagesWithReExecute(Links.NotFound));

    /// <summary>Maps the pages and their files. What is added to the result holds for the pages; the files are the same for everybody.</summary>
    /// <returns>Null where the files are not there: a program that hosts the service works without pages.</returns>
    public static RazorComponentsEndpointConventionBuilder? MapDashboard(this WebApplication application)
    {
        var manifest = Path.Combine(AppContext.BaseDirectory, $"{typeof(App).Assembly.GetName().Name}.staticwebassets.endpoints.json");
        if (!File.Exists(manifest))
        {
            return null;
        }

        application.MapStaticAssets(manifest);
        return application.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
