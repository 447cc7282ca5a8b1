using System.Collections.Immutable;
using MixPolicy.V1;

namespace MixPolicy.Client;

/// <summary>
/// The rewards of a run, read from the agent's log as they become known: interval k's with the report of k, so one decision later than its choice.
/// The agent keeps them; nothing is stored here.
/// </summary>
public sealed class RewardLog
{
    // Replaced, never changed: the tender reads the log while the loop looks rewards up.
    private volatile ImmutableSortedDictionary<int, DecisionRecord> _records = ImmutableSortedDictionary<int, DecisionRecord>.Empty;
    private string _page = "";

    /// <summary>Reported intervals of the log; a record's reward may be unset.</summary>
    public IReadOnlyDictionary<int, DecisionRecord> Records => _records;

    public double? Of(int interval) => _records.TryGetValue(interval, out var record) && record.HasReward ? record.Reward : null;

    /// <summary>Reads on from where the last call stopped.</summary>
    /// <param name="client">A client of the service.</param>
    /// <param name="run">Always the same one.</param>
    /// <param name="deadline">Of a call that is made now, in UTC.</param>
    /// <param name="cancellationToken">Stops between pages or in a call.</param>
    internal async Task ReadAsync(PolicyService.PolicyServiceClient client, string run, Func<DateTime> deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            // One a page: the token that leads to the first unreported record is the place to go on from.
            var page = await client.ListDecisionsAsync(new() { Parent = run, PageSize = 1, PageToken = _page }, deadline: deadline(), cancellationToken: cancellationToken);
            if (page.Decisions is not [{ Report: not null } record])
            {
                return;
            }

            _records = _records.SetItem(record.Decision.Interval, record);
            if (page.NextPageToken.Length == 0)
            {
                return;
            }

            _page = page.NextPageToken;
        }
    }
}
