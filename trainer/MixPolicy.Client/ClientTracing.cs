using System.Diagnostics;

namespace MixPolicy.Client;

/// <summary>The client's spans. Where nobody listens there are none.</summary>
public static class ClientTracing
{
    /// <summary>Name of their source, for those who listen.</summary>
    public const string SourceName = "MixPolicy.Client";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>A question to the agent on a stream. Its id goes with the message.</summary>
    internal static Activity? Asking(string name) => Source.StartActivity(name, ActivityKind.Client);
}
