using MixPolicy.Agent.Batches;
using MixPolicy.Agent.Contract;

namespace MixPolicy.Agent.Grains;

/// <summary>
/// One agent: its log, its runs' leases, its mind. Calls are served one after the other. Requests and replies are the serialised messages of
/// the contract, valid in form; refusals are <see cref="RefusalException"/>s. The key is the {agent} of its name.
/// </summary>
[Alias("mixpolicy.agent")]
public interface IAgentGrain : IGrainWithStringKey
{
    /// <param name="spec">A valid <see cref="V1.AgentSpec"/>, defaults filled in.</param>
    /// <returns>The <see cref="V1.Agent"/>.</returns>
    [Alias("create")]
    Task<byte[]> Create(byte[] spec);

    [Alias("delete")]
    Task Delete(bool force);

    /// <param name="request">A <see cref="V1.StartRunRequest"/>.</param>
    /// <returns>The <see cref="V1.StartRunResponse"/>.</returns>
    [Alias("start-run")]
    Task<byte[]> StartRun(byte[] request);

    /// <param name="request">A <see cref="V1.DecideRequest"/>.</param>
    /// <returns>The bytes of the <see cref="V1.Decision"/> as they are in the log.</returns>
    [Alias("decide")]
    Task<byte[]> Decide(byte[] request);

    /// <param name="request">A <see cref="V1.FinishRunRequest"/>.</param>
    /// <returns>The <see cref="V1.Run"/>.</returns>
    [Alias("finish-run")]
    Task<byte[]> FinishRun(byte[] request);

    /// <summary>Renews a lease and shows progress to those who watch.</summary>
    /// <param name="run">Name of the run.</param>
    /// <param name="progress">A <see cref="V1.Progress"/>.</param>
    [Alias("progress")]
    Task Progress(string run, string leaseToken, byte[] progress);

    /// <summary>Takes rewards of batches and decides for one.</summary>
    /// <returns>The <see cref="V1.SteerBatchesResponse"/>.</returns>
    [Alias("steer-batch")]
    Task<byte[]> SteerBatch(BatchQuestion question);

    /// <param name="newerThan">Nothing is returned if the policy has no more updates than this.</param>
    /// <returns>A policy file (see <see cref="Ppo.Learning.PolicyFile"/>), or null.</returns>
    [Alias("export-policy")]
    Task<byte[]?> ExportPolicy(long? newerThan);

    /// <param name="policy">A policy file.</param>
    /// <returns>The <see cref="V1.Agent"/>.</returns>
    [Alias("import-policy")]
    Task<byte[]> ImportPolicy([Immutable] byte[] policy);

    /// <summary>Asks whether a picture may come, before it does.</summary>
    /// <param name="header">A <see cref="V1.ArtifactHeader"/>, valid in form.</param>
    /// <returns>The <see cref="V1.Artifact"/> if it is there already, else null.</returns>
    [Alias("find-artifact")]
    Task<byte[]?> FindArtifact(byte[] header);

    /// <param name="header">A <see cref="V1.ArtifactHeader"/>, valid in form.</param>
    /// <param name="data">What the header tells the size and SHA-256 of.</param>
    /// <returns>The <see cref="V1.Artifact"/>.</returns>
    [Alias("add-artifact")]
    Task<byte[]> AddArtifact(byte[] header, [Immutable] byte[] data);
}
