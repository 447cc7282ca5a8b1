namespace MixPolicy.Client;

/// <summary>What makes this training the owner of its run at the agent. Keep it where a restart of the training finds it.</summary>
/// <param name="Launch">
/// A label of the run that no other launch has: it makes the spec unique, so that create-or-load never loads somebody else's run of the same name.
/// </param>
/// <param name="Attempt">Runs of other launches that stood in the way of the plain name, from 1.</param>
/// <param name="LeaseToken">Drawn and kept before the first StartRun, so that a crash during it cannot lock this training out; null before that.</param>
/// <param name="Started">StartRun has been answered: the run of this name is ours.</param>
/// <param name="Finished">FinishRun has been confirmed.</param>
public sealed record RunTicket(string Launch, int Attempt = 1, string? LeaseToken = null, bool Started = false, bool Finished = false)
{
    /// <summary>Of a training that begins.</summary>
    public static RunTicket New() => new(Guid.NewGuid().ToString("N"));
}
