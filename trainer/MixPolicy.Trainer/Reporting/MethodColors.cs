using MixPolicy.Client;

namespace MixPolicy.Trainer.Reporting;

/// <summary>A method has one colour throughout the report. The values, light and dark, are in report.css.</summary>
internal static class MethodColors
{
    internal static string Of(string method) => $"var(--m{MethodNames.All.ToList().IndexOf(method)})";
}
