using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MixPolicy.Agent.Log;

namespace MixPolicy.Agent.Hosting;

/// <summary>The log can be read.</summary>
internal sealed class DatabaseHealth(LogDatabase database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var log = database.ReadAll();
            await log.Agents.AnyAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (System.Data.Common.DbException e)
        {
            return HealthCheckResult.Unhealthy("the log cannot be read", e);
        }
    }
}
