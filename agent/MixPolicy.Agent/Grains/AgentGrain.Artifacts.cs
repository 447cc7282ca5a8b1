using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Artifacts;
using MixPolicy.Agent.Contract;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Naming;
using MixPolicy.V1;

namespace MixPolicy.Agent.Grains;

/// <summary>Pictures of runs.</summary>
internal sealed partial class AgentGrain
{
    public async Task<byte[]?> FindArtifact(byte[] header)
    {
        var given = ArtifactHeader.Parser.ParseFrom(header);
        var there = await ThereAsync(given);
        await RenewAsync(await ExistingAsync(RunName.Parse("header.run", given.Run)));
        return there;
    }

    public async Task<byte[]> AddArtifact(byte[] header, byte[] data)
    {
        var given = ArtifactHeader.Parser.ParseFrom(header);
        if (await ThereAsync(given) is { } there)
        {
            return there;
        }

        var (agent, run) = (Existing(), RunName.Parse("header.run", given.Run));
        var row = new ArtifactRow
        {
            AgentId = run.Agent,
            RunId = run.Id,
            Id = given.ArtifactId,
            Interval = given.Interval,
            Size = given.Size,
            Sha256 = Convert.ToHexStringLower(given.Sha256.Span),
            Message = ToMessage(run, given, clock.Now).ToByteArray(),
        };
        try
        {
            await Task.Run(() => artifacts.Write(agent, row.Sha256, data));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ArtifactFailed(run, row.Id, e);
            throw Refusal.Unavailable("The picture cannot be written, so it was not kept; the service's log has the cause. Retry.");
        }

        await CommitAsync(context => context.Artifacts.Add(row));
        return row.Message;
    }

    /// <summary>The stored message if this very picture is there, or null if it may come.</summary>
    /// <exception cref="RefusalException">It may not come.</exception>
    private async Task<byte[]?> ThereAsync(ArtifactHeader given)
    {
        var name = RunName.Parse("header.run", given.Run);
        var run = await ExistingAsync(name);
        leases.Demand(run, given.LeaseToken);
        if (given.Interval >= run.Decisions)
        {
            throw Refusal.Invalid(
                "header.interval", $"{given.Interval}", run.Decisions == 0 ? "an interval that is decided; none is yet" : $"an integer in [0, {run.Decisions - 1}]: the intervals decided");
        }

        await using var context = database.ReadAll();
        var pictures = context.Artifacts.Where(row => row.AgentId == name.Agent && row.RunId == name.Id);
        if (await pictures.SingleOrDefaultAsync(row => row.Id == given.ArtifactId) is { } there)
        {
            var message = Artifact.Parser.ParseFrom(there.Message);
            var differences = Differences.Between("header", message, ToMessage(name, given, message.CreateTime.ToDateTimeOffset())).ToList();
            return differences.Count == 0 ? there.Message : throw Refusal.Differs(message.Name, differences);
        }

        var sizes = await pictures.Select(row => row.Size).ToListAsync();
        ArtifactRules.DemandRoom(name, sizes.Count, sizes.Sum(), given.Size);
        ArtifactRules.DemandDisk(artifacts.FreeBytes(), given.Size);
        return null;
    }

    private static Artifact ToMessage(RunName run, ArtifactHeader header, DateTimeOffset time) => new()
    {
        Name = $"{run}/artifacts/{header.ArtifactId}",
        Interval = header.Interval,
        MediaType = header.MediaType,
        Size = header.Size,
        Sha256 = header.Sha256,
        Caption = header.Caption,
        Labels = { header.Labels },
        CreateTime = time.ToTimestamp(),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Run}: picture {Id} could not be written")]
    private partial void ArtifactFailed(RunName run, string id, Exception exception);
}
