using System.Buffers.Text;
using System.Text;

namespace MixPolicy.Agent.Contract;

/// <summary>Where the next page of a listing begins: after a key. Opaque to clients, and good for the listing it came from only.</summary>
public static class PageToken
{
    private const int DefaultSize = 100;
    private const int LargestSize = 1000;
    private const char Separator = '\n';

    /// <param name="listing">What is listed, for example <c>agents/a/runs</c>.</param>
    /// <param name="key">The last key of the page.</param>
    public static string After(string listing, string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{listing}{Separator}{key}"));

    /// <summary>The key that the page comes after, empty for the first page.</summary>
    /// <exception cref="RefusalException">The token is not of this listing.</exception>
    public static string Read(string listing, string token)
    {
        if (token.Length == 0)
        {
            return "";
        }

        if (Base64Url.IsValid(token))
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            if (text.StartsWith($"{listing}{Separator}", StringComparison.Ordinal))
            {
                return text[(listing.Length + 1)..];
            }
        }

        throw Refusal.Invalid("page_token", token, $"the next_page_token of a page of {listing}, or empty");
    }

    /// <summary>Rows a page.</summary>
    /// <exception cref="RefusalException">Out of range.</exception>
    public static int Size(int pageSize) => pageSize switch
    {
        0 => DefaultSize,
        > 0 and <= LargestSize => pageSize,
        _ => throw Refusal.Invalid("page_size", $"{pageSize}", $"an integer in [0, {LargestSize}]"),
    };
}
