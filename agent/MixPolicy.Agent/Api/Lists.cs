using MixPolicy.Agent.Artifacts;
using MixPolicy.Agent.Experiments;

namespace MixPolicy.Agent.Api;

// An answer is an object, so that it can get another field without a new version.

/// <summary>All agents.</summary>
internal sealed record AgentList(IReadOnlyList<AgentSummary> Agents);

/// <summary>The series of a run.</summary>
internal sealed record MetricList(IReadOnlyList<Metric> Metrics);

/// <summary>The pictures of a run.</summary>
internal sealed record ArtifactList(IReadOnlyList<ArtifactInfo> Artifacts);

/// <summary>Series of a run, in the order they were asked for.</summary>
internal sealed record SeriesList(IReadOnlyList<RunSeries> Series);
