using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace MixPolicy.Agent.Security.Keys;

/// <summary>
/// A key as its holder has it: <c>mp_ID_SECRET</c>. The id is no secret and names the key in logs and lists.
/// The secret is 32 random bytes. Nobody can search 2^256 of them, so a plain SHA-256 protects it at rest: slow hashes are for passwords, which can be guessed,
/// and would only give strangers a way to keep the service busy.
/// </summary>
internal sealed partial record ApiKey
{
    public const string Form = "mp_ID_SECRET, as `keys create` prints it";

    private const string Prefix = "mp_";
    private const string IdLetters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const int IdLength = 10;
    private const int SecretBytes = 32;

    private readonly string _secret;

    private ApiKey(string id, string secret) => (Id, _secret) = (id, secret);

    public string Id { get; }

    public static ApiKey Create()
    {
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        return new(RandomNumberGenerator.GetString(IdLetters, IdLength), Base64Url.EncodeToString(secret));
    }

    /// <returns>Null if the text has not the form of a key.</returns>
    public static ApiKey? TryParse(string text) => Pattern().Match(text) is { Success: true } parts ? new(parts.Groups[1].Value, parts.Groups[2].Value) : null;

    /// <summary>Whether a text could be the id of a key.</summary>
    public static bool IsId(string text) => IdPattern().IsMatch(text);

    /// <summary>What is kept of the secret.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(_secret));

    /// <summary>Whether this is the key whose hash was kept. Takes as long for any wrong secret.</summary>
    public bool Matches(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(Hash(), hash);

    /// <summary>The whole key, for its holder alone.</summary>
    public string Reveal() => $"{Prefix}{Id}_{_secret}";

    /// <summary>For logs and messages: without the secret.</summary>
    public override string ToString() => Id;

    [GeneratedRegex(@"\Amp_([a-z0-9]{10})_([A-Za-z0-9_-]{43})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\A[a-z0-9]{10}\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern();
}
