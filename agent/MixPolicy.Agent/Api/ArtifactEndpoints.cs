using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using MixPolicy.Agent.Artifacts;
using MixPolicy.Agent.Naming;

namespace MixPolicy.Agent.Api;

/// <summary>The pictures that trainers uploaded.</summary>
internal static class ArtifactEndpoints
{
    private const string Extension = ".png";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/agents/{agent}/runs/{run}/artifacts", List).WithName("ListArtifacts").WithSummary("The pictures of the run, by interval.").Fails(404);
        api.MapGet("/agents/{agent}/runs/{run}/artifacts/{file}", File).WithName("GetArtifact").WithSummary("A picture, by the SHA-256 of its bytes: {sha256}.png. It never changes.")
            .Produces<byte[]>(StatusCodes.Status200OK, ArtifactRules.MediaType).Fails(404);
    }

    private static async Task<Ok<ArtifactList>> List(string agent, string run, ArtifactShelf shelf, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ArtifactList(await shelf.ListAsync(Name(agent, run), cancellationToken)));

    private static async Task<PhysicalFileHttpResult> File(string agent, string run, string file, ArtifactShelf shelf, HttpResponse response, CancellationToken cancellationToken)
    {
        var sha256 = file.EndsWith(Extension, StringComparison.Ordinal) ? file[..^Extension.Length] : file;
        var path = await shelf.FileAsync(Name(agent, run), sha256, cancellationToken);
        // What a trainer sent is a picture and nothing else, whatever a browser makes of its bytes.
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.CacheControl = "private, max-age=31536000, immutable";
        response.Headers.ContentDisposition = $"inline; filename=\"{agent}-{run}-{sha256[..12]}{Extension}\"";
        return TypedResults.PhysicalFile(path, ArtifactRules.MediaType, entityTag: new EntityTagHeaderValue($"\"{sha256}\""));
    }

    private static RunName Name(string agent, string run) => RunName.OfId(AgentName.OfId("agent", agent), "run", run);
}
