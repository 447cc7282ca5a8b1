using System.Globalization;
using MixPolicy.V1;

namespace MixPolicy.Cli.Output;

/// <summary>States and numbers as the commands show them.</summary>
internal static class Describe
{
    public static string State(RunState state) => state.ToString().ToLowerInvariant();

    public static string Number(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";
}
