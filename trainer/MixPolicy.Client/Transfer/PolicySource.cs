using MixPolicy.V1;

namespace MixPolicy.Client.Transfer;

/// <summary>What a new agent's policy starts from.</summary>
/// <param name="Text">As the user wrote it: agents/{agent} of the same service, or a file of <see cref="PolicyFile"/>.</param>
public sealed record PolicySource(string Text)
{
    private const string Agents = "agents/";

    public bool IsAgent => Text.StartsWith(Agents, StringComparison.Ordinal);

    public Task<LearnedPolicy> ReadAsync(PolicyService.PolicyServiceClient client, CancellationToken cancellationToken) =>
        IsAgent ? PolicyTransfer.ExportAsync(client, Text, cancellationToken) : Task.FromResult(PolicyFile.Read(Text));
}
