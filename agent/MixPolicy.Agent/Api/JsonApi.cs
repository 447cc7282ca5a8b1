using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;

namespace MixPolicy.Agent.Api;

/// <summary>
/// What dashboards show, as JSON for others' dashboards: docs/api.md. It reads; nothing is changed by it. All endpoints are in one group, so that what holds for all is
/// said once.
/// </summary>
internal static class JsonApi
{
    private const string Prefix = "/api/v1";

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<WatchEndpoint>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        });
        services.AddOpenApi(openApi =>
        {
            openApi.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new() { Title = "MixPolicy", Version = "v1", Description = "Agents, runs and what was decided. Names as in the protocol's messages, times in UTC." };
                // Where it is reached is the reader's to know.
                document.Servers = [];
                return Task.CompletedTask;
            });
            openApi.AddSchemaTransformer((schema, context, _) =>
            {
                Describe(schema, Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type);
                return Task.CompletedTask;
            });
        });
    }

    public static RouteGroupBuilder Map(WebApplication application)
    {
        var api = application.MapGroup(Prefix);
        var endpoints = api.MapGroup("").AddEndpointFilter<ApiProblems>().AddEndpointFilterFactory(KnownParameters.Demand);
        RunEndpoints.Map(endpoints.MapGroup("").WithTags("Runs"));
        CompareEndpoints.Map(endpoints.MapGroup("").WithTags("Compare"));
        ArtifactEndpoints.Map(endpoints.MapGroup("").WithTags("Artifacts"));
        WatchEndpoint.Map(endpoints);
        api.MapOpenApi("/openapi.json");
        return api;
    }

    /// <summary>The endpoint may answer so, with problem details.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder endpoint, int status) =>
        status == StatusCodes.Status400BadRequest ? endpoint.ProducesValidationProblem() : endpoint.ProducesProblem(status);

    /// <summary>The endpoint answers with a table.</summary>
    public static RouteHandlerBuilder IsCsv(this RouteHandlerBuilder endpoint) => endpoint.Produces<string>(StatusCodes.Status200OK, CsvFile.MediaType);

    private static void Describe(OpenApiSchema schema, Type type)
    {
        if (type == typeof(QueryInteger))
        {
            schema.Type = JsonSchemaType.Integer;
        }
        else if (type.IsAssignableTo(typeof(IQueryChoice)))
        {
            var names = (IEnumerable<string>)type.GetProperty(nameof(IQueryChoice.Names))!.GetValue(null)!;
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. names.Select(name => (JsonNode)name)];
        }
    }
}
