using MixPolicy.Agent.Contract;

namespace MixPolicy.Agent.Grains;

/// <summary>What goes wrong in a grain is logged there and leaves it as a refusal without details.</summary>
internal sealed partial class GrainFailures(IHostApplicationLifetime lifetime, ILogger<GrainFailures> logger) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception e) when (e is not RefusalException && context.Grain is IAgentGrain)
        {
            Failed(context.MethodName, context.TargetContext.GrainId, e);
            throw lifetime.ApplicationStopping.IsCancellationRequested ? Refusal.Stopping() : Refusal.Internal();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed in {Grain}")]
    private partial void Failed(string method, GrainId grain, Exception exception);
}
