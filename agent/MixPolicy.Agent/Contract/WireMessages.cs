using Google.Protobuf.WellKnownTypes;
using MixPolicy.Agent.Grains;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Contract;

/// <summary>From rows to messages of the contract.</summary>
public static class WireMessages
{
    public static V1.Agent ToMessage(this AgentRow row) => new()
    {
        Name = new AgentName(row.Id).ToString(),
        Spec = AgentSpec.Parser.ParseFrom(row.Spec),
        CreateTime = row.Created.ToTimestamp(),
        PolicyVersion = row.PolicyVersion,
        Decisions = row.Decisions,
        Reports = row.Reports,
        Batches = row.Batches,
    };

    public static Run ToMessage(this RunRow row, LeaseRules leases) => new()
    {
        Name = row.Name.ToString(),
        Spec = RunSpec.Parser.ParseFrom(row.Spec),
        State = leases.StateOf(row),
        CreateTime = row.Created.ToTimestamp(),
        UpdateTime = row.Updated.ToTimestamp(),
        FinishTime = row.Finished?.ToTimestamp(),
        Decisions = row.Decisions,
        Reports = row.Reports,
    };

    /// <summary>A decision and, if there is one, its report.</summary>
    public static DecisionRecord ToMessage(this LogRow decided, LogRow? reported)
    {
        var record = new DecisionRecord { Decision = Decision.Parser.ParseFrom(decided.Payload), DecideTime = decided.Time.ToTimestamp() };
        record.Observation.AddRange(ObservationBytes.ToFloats(decided.Observation));
        if (reported is not null)
        {
            record.Report = Report.Parser.ParseFrom(reported.Payload);
            record.ReportTime = reported.Time.ToTimestamp();
            if (reported.Reward is { } reward)
            {
                record.Reward = reward;
            }
        }

        return record;
    }
}
