namespace MixPolicy.Mixup.Methods;

/// <summary>Checks of options.</summary>
internal static class OptionRange
{
    /// <exception cref="ArgumentOutOfRangeException">It does not hold; the message names the option, its value and what is allowed.</exception>
    public static T Allowed<T>(T value, bool holds, string name, string allowed) =>
        holds ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {allowed}");
}
