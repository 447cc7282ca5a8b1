namespace MixPolicy.Agent.Security.Access;

/// <summary>Names of the ways to authenticate.</summary>
internal static class Schemes
{
    /// <summary>Picks one of the others by the request.</summary>
    public const string ByRequest = "by-request";

    /// <summary>A key in the Authorization header.</summary>
    public const string Key = "key";

    /// <summary>The cookie of a sign-in.</summary>
    public const string Session = "session";

    /// <summary>Nobody is asked.</summary>
    public const string Open = "open";
}
