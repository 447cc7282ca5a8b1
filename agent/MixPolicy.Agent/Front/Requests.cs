using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Learning.Validation;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Front;

/// <summary>What can be said about a request without knowing the state of anything.</summary>
internal static class Requests
{
    private const int ShortestToken = 16;
    private const int LongestToken = 64;

    private static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLease = TimeSpan.FromDays(7);

    /// <summary>The spec of a new agent, defaults filled in.</summary>
    public static AgentSpec ValidSpec(CreateAgentRequest request)
    {
        var spec = AgentSpecDefaults.Fill(request.Spec ?? new());
        Refusal.ThrowIfAny(AgentSpecRules.Check(spec));
        return spec;
    }

    /// <summary>The request with its defaults filled in.</summary>
    public static (AgentName Agent, StartRunRequest Request) Valid(StartRunRequest request)
    {
        var agent = AgentName.Parse("parent", request.Parent);
        RunName.OfId(agent, "run_id", request.RunId);
        Refusal.ThrowIfAny(RunSpecRules.Check(request.Spec ?? new()));
        request.LeaseDuration ??= Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(DefaultLease);
        // Compared before it is converted: a duration may hold what a TimeSpan cannot.
        var seconds = request.LeaseDuration.Seconds + (request.LeaseDuration.Nanos / 1e9);
        if (!(seconds >= ShortestLease.TotalSeconds && seconds <= LongestLease.TotalSeconds) || request.LeaseDuration.Nanos is < 0 or > 999_999_999)
        {
            throw Refusal.Invalid("lease_duration", $"{seconds} s", $"{ShortestLease.TotalSeconds} s to {LongestLease.TotalSeconds} s (7 days)");
        }

        if (request.LeaseToken.Length > 0 && !IsToken(request.LeaseToken))
        {
            // A secret: what was sent is not repeated.
            throw Refusal.Invalid("lease_token", "hidden", $"empty, or {ShortestToken} to {LongestToken} characters of [A-Za-z0-9-]");
        }

        return (agent, request);
    }

    public static void Check(Progress progress)
    {
        var violations = new Violations("progress");
        violations.Range("interval", progress.Interval, 0, int.MaxValue);
        violations.Range("batches", progress.Batches, 0, int.MaxValue);
        violations.Range("batch", progress.Batch, 0, Math.Max(0, progress.Batches));
        violations.NotNegative("running_loss", progress.RunningLoss);
        violations.NotNegative("images_per_second", progress.ImagesPerSecond);
        Refusal.ThrowIfAny(violations.List);
    }

    private static bool IsToken(string token) =>
        token.Length is >= ShortestToken and <= LongestToken && token.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
}
