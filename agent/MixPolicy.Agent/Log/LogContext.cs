using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MixPolicy.Agent.Log;

/// <summary>The schema. It uses nothing that SQLite and PostgreSQL do not share: text, 64-bit integers, doubles, bytes.</summary>
public sealed class LogContext(DbContextOptions<LogContext> options) : DbContext(options)
{
    public DbSet<AgentRow> Agents => Set<AgentRow>();

    public DbSet<RunRow> Runs => Set<RunRow>();

    public DbSet<LogRow> Entries => Set<LogRow>();

    public DbSet<BatchRow> Batches => Set<BatchRow>();

    public DbSet<ImportRow> Imports => Set<ImportRow>();

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
        });
        modelBuilder.Entity<RunRow>(run =>
        {
            run.ToTable("runs").HasKey(row => new { row.AgentId, row.RunId });
            run.Ignore(row => row.Name);
            run.Property(row => row.Spec).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
            // Which runs may have gone stale.
            run.HasIndex(row => row.Finished);
            run.HasOne<AgentRow>().WithMany().HasForeignKey(row => row.AgentId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<LogRow>(entry =>
        {
            entry.ToTable("log").HasKey(row => new { row.AgentId, row.Sequence });
            // The fence: an interval of a run is decided once and reported once, whoever writes.
            entry.HasIndex(row => new { row.AgentId, row.RunId, row.Interval, row.Kind }).IsUnique();
            entry.HasOne<RunRow>().WithMany().HasForeignKey(row => new { row.AgentId, row.RunId }).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<BatchRow>(batch =>
        {
            // The key is the fence: a batch is decided once.
            batch.ToTable("batches").HasKey(row => new { row.AgentId, row.RunId, row.Batch });
            batch.Property(row => row.Last).HasConversion<int>();
            batch.HasOne<RunRow>().WithMany().HasForeignKey(row => new { row.AgentId, row.RunId }).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ImportRow>(import =>
        {
            import.ToTable("imports").HasKey(row => row.AgentId);
            import.HasOne<AgentRow>().WithOne().HasForeignKey<ImportRow>(row => row.AgentId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ArtifactRow>(artifact =>
        {
            artifact.ToTable("artifacts").HasKey(row => new { row.AgentId, row.RunId, row.Id });
            artifact.HasOne<RunRow>().WithMany().HasForeignKey(row => new { row.AgentId, row.RunId }).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
