using System.Net.Http.Headers;

namespace MixPolicy.Trainer.Policy;

/// <summary>Sends the key for the agent service with each call, if the environment has one: in MIXPOLICY_KEY, or in the file that MIXPOLICY_KEY_FILE names.</summary>
internal sealed class KeyHeader(string? key, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Variable = "MIXPOLICY_KEY";
    private const string FileVariable = "MIXPOLICY_KEY_FILE";

    /// <returns>Null if there is none.</returns>
    /// <exception cref="PolicyException">The file cannot be read.</exception>
    public static string? FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } key)
        {
            return key.Trim();
        }

        if (Environment.GetEnvironmentVariable(FileVariable) is not { Length: > 0 } path)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PolicyException($"{FileVariable} is '{path}', which cannot be read: {e.Message}", e);
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
