using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Log;
using MixPolicy.Agent.Security.Access;
using MixPolicy.Agent.Security.Audit;

namespace MixPolicy.Agent.Security.Keys;

/// <summary>The keys in the database. Also used by the <c>keys</c> command, in another process than the service's.</summary>
internal sealed partial class KeyStore(LogDatabase database, AgentClock clock, AuditLog audit)
{
    public const string OwnerForm = "1 to 64 characters of [a-z0-9._@-], the first a letter or digit";

    public static bool IsOwner(string text) => OwnerPattern().IsMatch(text);

    /// <param name="expires">Null for never.</param>
    /// <param name="by">Who creates it, for the audit log.</param>
    public async Task<ApiKey> CreateAsync(string owner, Role role, DateTimeOffset? expires, string by)
    {
        var key = ApiKey.Create();
        var row = new KeyRow { Id = key.Id, Owner = owner, Role = role, Hash = key.Hash(), Created = clock.Now, Expires = expires };
        await database.CommitAsync(context => context.Keys.Add(row));
        audit.KeyCreated(key.Id, owner, role, expires, by);
        return key;
    }

    /// <summary>All keys, the oldest first.</summary>
    public async Task<IReadOnlyList<KeyRow>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = database.ReadAll();
        return await context.Keys.OrderBy(key => key.Created).ThenBy(key => key.Id).ToListAsync(cancellationToken);
    }

    /// <returns>Null if there is none.</returns>
    public async Task<KeyRow?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = database.ReadAll();
        return await context.Keys.SingleOrDefaultAsync(key => key.Id == id, cancellationToken);
    }

    /// <summary>Those of some keys that do not work any more.</summary>
    public async Task<IReadOnlyList<KeyRow>> FaultyAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        await using var context = database.ReadAll();
        var keys = await context.Keys.Where(key => ids.Contains(key.Id)).ToListAsync(cancellationToken);
        return [.. keys.Where(key => key.Fault(clock.Now) is not null)];
    }

    /// <summary>From the commit on the key is refused; streams that are open under it end within a second. Revoking it again changes nothing.</summary>
    /// <exception cref="SettingsException">There is no such key.</exception>
    public async Task<KeyRow> RevokeAsync(string id, string by, CancellationToken cancellationToken)
    {
        var key = await FindAsync(id, cancellationToken) ?? throw new SettingsException($"There is no key {(ApiKey.IsId(id) ? id : "of that form")}; `keys list` shows all.");
        if (key.Revoked is not null)
        {
            return key;
        }

        var revoked = key with { Revoked = clock.Now };
        await database.CommitAsync(context => context.Keys.Update(revoked));
        audit.KeyRevoked(key.Id, key.Owner, by);
        return revoked;
    }

    /// <summary>How many agents have no owner: those created while nobody was asked for a key.</summary>
    public async Task<int> CountOwnerlessAsync(CancellationToken cancellationToken)
    {
        await using var context = database.ReadAll();
        return await context.Agents.CountAsync(agent => agent.Owner == null, cancellationToken);
    }

    /// <summary>Gives an owner the agents that have none. For before any agent is served.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> AdoptAsync(string owner, string by)
    {
        var adopted = 0;
        await database.CommitAsync(context =>
            adopted = context.Agents.Where(agent => agent.Owner == null).ExecuteUpdate(agent => agent.SetProperty(row => row.Owner, owner)));
        if (adopted > 0)
        {
            audit.AgentsAdopted(adopted, owner, by);
        }

        return adopted;
    }

    /// <param name="uses">When each key was last used.</param>
    public Task NoteAsync(IReadOnlyDictionary<string, DateTimeOffset> uses) => database.CommitAsync(context =>
    {
        foreach (var (id, time) in uses)
        {
            context.Keys.Where(key => key.Id == id).ExecuteUpdate(key => key.SetProperty(row => row.LastUsed, time));
        }
    });

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._@-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex OwnerPattern();
}
