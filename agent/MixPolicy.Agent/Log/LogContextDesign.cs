using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using MixPolicy.Agent.Security.Access;

namespace MixPolicy.Agent.Log;

/// <summary>What <c>dotnet ef migrations add NAME --output-dir Log/Migrations</c> starts from.</summary>
internal sealed class LogContextDesign : IDesignTimeDbContextFactory<LogContext>
{
    public LogContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<LogContext>().UseSqlite("Data Source=design.db").Options, Caller.Service);
}
