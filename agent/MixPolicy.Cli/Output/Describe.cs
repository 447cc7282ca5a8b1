using System.Globalization;
using MixPolicy.V1;

namespace MixPolicy.Cli.Output;

/// <summary>What decisions and states are, in few words.</summary>
internal static class Describe
{
    public static string State(RunState state) => state.ToString().ToLowerInvariant();

    public static string Number(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";

    /// <summary>As in "RMix, λ ~ Beta(1, 1), percentiles 0.4 to 0.6".</summary>
    public static string Choice(Choice choice) => string.Join(", ", new[]
    {
        choice.Method == Method.Unspecified ? "by batch" : choice.Method.ToString(),
        choice.LambdaCase switch
        {
            V1.Choice.LambdaOneofCase.LambdaAlpha => string.Create(CultureInfo.InvariantCulture, $"λ ~ Beta({choice.LambdaAlpha:0.###}, {choice.LambdaAlpha:0.###})"),
            V1.Choice.LambdaOneofCase.LambdaValue => $"λ {Number(choice.LambdaValue)}",
            _ => null,
        },
        choice.ThresholdCase switch
        {
            V1.Choice.ThresholdOneofCase.ThresholdBand =>
                $"percentiles {Number(Math.Max(0, choice.ThresholdBand.Center - (choice.ThresholdBand.Spread / 2)))} to {Number(Math.Min(0.99, choice.ThresholdBand.Center + (choice.ThresholdBand.Spread / 2)))}",
            V1.Choice.ThresholdOneofCase.ThresholdGrid => string.Create(CultureInfo.InvariantCulture, $"{choice.ThresholdGrid.Points} percentiles"),
            V1.Choice.ThresholdOneofCase.ThresholdPerBatch => "percentiles batch by batch",
            _ => null,
        },
        choice.HasProbability ? $"on {Number(100 * choice.Probability)} % of the batches" : null,
    }.OfType<string>());
}
