using TorchSharp;

namespace MixPolicy.Torch.Tests;

public sealed class ScalarLifetimeTests
{
    /// <summary>Without the cure of <c>ScalarLifetime</c> about one in 10,000 of these throws, or reads another number.</summary>
    [Fact]
    public void Operations_UnderConstantCollection_ReadTheScalarsTheyWereGiven()
    {
        TorchRuntime.Load().KeepsScalarsAlive.ShouldBeTrue();
        using var three = torch.ones(4) * 3;
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);
            }
        });
        collector.Start();
        try
        {
            for (var round = 0; round < 400; round++)
            {
                using var scope = torch.NewDisposeScope();
                for (var i = 0; i < 250; i++)
                {
                    three.square().data<float>()[0].ShouldBe(9f);
                }
            }
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }
}
