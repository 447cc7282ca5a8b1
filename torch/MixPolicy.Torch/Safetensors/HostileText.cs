namespace MixPolicy.Torch.Safetensors;

/// <summary>Text of an untrusted file in an error message.</summary>
internal static class HostileText
{
    /// <summary>Only in part, and never with its control characters: messages reach terminals and logs.</summary>
    public static string Shorten(string text)
    {
        var shown = text.Length <= 64 ? text : text[..64] + "…";
        return string.Concat(shown.Select(c => char.IsControl(c) ? '?' : c));
    }
}
