using System.Security.Cryptography;

namespace MixPolicy.Trainer.Policy;

/// <summary>What makes this training the owner of its run at the agent. Kept in <c>agent.json</c> of the output folder.</summary>
/// <param name="Launch">
/// A label of the run that no other launch has: it makes the spec unique, so that create-or-load never loads somebody else's run of the same name.
/// </param>
/// <param name="Attempt">Runs of other launches that stood in the way of the plain name, from 1.</param>
/// <param name="LeaseToken">
/// What the lease is asked for under; after a StartRun, what it answered with. Chosen here and kept before the first StartRun, so that a trainer that is killed
/// before it has the answer can still show whose run it is.
/// </param>
/// <param name="Started">A StartRun has been answered: the run of this name is ours.</param>
/// <param name="Finished">FinishRun has been confirmed.</param>
public sealed record RunTicket(string Launch, int Attempt, string LeaseToken, bool Started = false, bool Finished = false)
{
    /// <summary>For a training that has never asked for its run.</summary>
    public static RunTicket New() => new(Guid.NewGuid().ToString("N"), 1, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)));

    // A token is a secret: 128 bits, so that nobody guesses it.
    private const int TokenBytes = 16;
}
