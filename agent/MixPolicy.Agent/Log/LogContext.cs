using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using MixPolicy.Agent.Security.Access;

namespace MixPolicy.Agent.Log;

/// <summary>
/// The schema. It uses nothing that SQLite and PostgreSQL do not share: text, 64-bit integers, doubles, bytes. Queries see what the caller may see and
/// nothing else: a table that belongs to an agent gets a filter here.
/// </summary>
public sealed class LogContext(DbContextOptions<LogContext> options, Caller caller) : DbContext(options)
{
    // The filters below read these of the context that runs the query.
    private readonly bool _seesAll = caller.SeesAll;
    // Null would match agents without an owner, which are the administrators'.
    private readonly string _owner = caller.Owner ?? "";

    public DbSet<AgentRow> Agents => Set<AgentRow>();

    public DbSet<RunRow> Runs => Set<RunRow>();

    public DbSet<LogRow> Entries => Set<LogRow>();

    public DbSet<BatchRow> Batches => Set<BatchRow>();

    public DbSet<ImportRow> Imports => Set<ImportRow>();

    public DbSet<KeyRow> Keys => Set<KeyRow>();
    public DbSet<ArtifactRow> Artifacts => Set<ArtifactRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Ticks compare and sort the same everywhere.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
        configurationBuilder.Properties<TimeSpan>().HaveConversion<TimeSpanToTicksConverter>();
        configurationBuilder.Properties<Guid>().HaveConversion<GuidToStringConverter>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AgentRow>(agent =>
        {
            agent.ToTable("agents").HasKey(row => row.Id);
            agent.Property(row => row.Spec).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
            agent.Property(row => row.Owner).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
            agent.HasQueryFilter(row => _seesAll || row.Owner == _owner);
        });
        modelBuilder.Entity<RunRow>(run =>
        {
            run.ToTable("runs").HasKey(row => new { row.AgentId, row.RunId });
            run.Ignore(row => row.Name);
            run.Property(row => row.Spec).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
            // Which runs may have gone stale.
            run.HasIndex(row => row.Finished);
            run.HasQueryFilter(row => _seesAll || Agents.Any(agent => agent.Id == row.AgentId && agent.Owner == _owner));
            run.HasOne<AgentRow>().WithMany().HasForeignKey(row => row.AgentId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<LogRow>(entry =>
        {
            entry.ToTable("log").HasKey(row => new { row.AgentId, row.Sequence });
            // The fence: an interval of a run is decided once and reported once, whoever writes.
            entry.HasIndex(row => new { row.AgentId, row.RunId, row.Interval, row.Kind }).IsUnique();
            entry.HasQueryFilter(row => _seesAll || Agents.Any(agent => agent.Id == row.AgentId && agent.Owner == _owner));
            entry.HasOne<RunRow>().WithMany().HasForeignKey(row => new { row.AgentId, row.RunId }).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<BatchRow>(batch =>
        {
            // The key is the fence: a batch is decided once.
            batch.ToTable("batches").HasKey(row => new { row.AgentId, row.RunId, row.Batch });
            batch.Property(row => row.Last).HasConversion<int>();
            batch.HasQueryFilter(row => _seesAll || Agents.Any(agent => agent.Id == row.AgentId && agent.Owner == _owner));
            batch.HasOne<RunRow>().WithMany().HasForeignKey(row => new { row.AgentId, row.RunId }).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ImportRow>(import =>
        {
            import.ToTable("imports").HasKey(row => row.AgentId);
            import.HasQueryFilter(row => _seesAll || Agents.Any(agent => agent.Id == row.AgentId && agent.Owner == _owner));
            import.HasOne<AgentRow>().WithOne().HasForeignKey<ImportRow>(row => row.AgentId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<KeyRow>(key =>
        {
            key.ToTable("keys").HasKey(row => row.Id);
            // Of administrators only: everyone else asks for a key by what was shown.
            key.HasQueryFilter(row => _seesAll);
        });
        modelBuilder.Entity<ArtifactRow>(artifact =>
        {
            artifact.ToTable("artifacts").HasKey(row => new { row.AgentId, row.RunId, row.Id });
            artifact.HasQueryFilter(row => _seesAll || Agents.Any(agent => agent.Id == row.AgentId && agent.Owner == _owner));
            artifact.HasOne<RunRow>().WithMany().HasForeignKey(row => new { row.AgentId, row.RunId }).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
