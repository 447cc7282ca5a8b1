using System.Globalization;
using MixPolicy.Agent.Naming;

namespace MixPolicy.Agent.Dashboard.Shown;

/// <summary>Where pages and downloads are, relative to the dashboard's base. Names are ids of the contract, so nothing in them needs escaping.</summary>
internal static class Links
{
    /// <summary>The page for addresses that have none.</summary>
    public const string NotFound = "/not-found";

    public static string Agent(string agent) => $"agents/{agent}";

    public static string Run(RunName run) => run.ToString();

    public static string Decision(RunName run, int interval) => string.Create(CultureInfo.InvariantCulture, $"{run}/decisions/{interval}");

    public static string SeriesCsv(RunName run, string axis) => $"api/v1/{run}/series.csv?axis={axis}";
}
