using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using MixPolicy.Agent.Experiments;

namespace MixPolicy.Agent.Api;

/// <summary>A table as a file to download.</summary>
internal static class CsvFile
{
    public const string MediaType = "text/csv";

    /// <param name="name">What the file is called when it is saved.</param>
    public static PushStreamHttpResult Of(CsvTable table, string name, CancellationToken cancellationToken) => TypedResults.Stream(
        async stream =>
        {
            await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 64 * 1024, leaveOpen: true);
            await table.WriteAsync(writer, cancellationToken);
        },
        $"{MediaType}; charset=utf-8; header=present",
        name);
}
