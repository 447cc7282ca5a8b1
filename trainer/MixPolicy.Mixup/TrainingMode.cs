using static TorchSharp.torch;

namespace MixPolicy.Mixup;

/// <summary>Looks at a network as training sees it, and leaves it as it was.</summary>
public static class TrainingMode
{
    /// <summary>
    /// Runs <paramref name="work"/> with the network in training mode; mode and buffers (running statistics) are put back, also where it throws.
    /// </summary>
    public static T Untouched<T>(nn.Module network, Func<T> work)
    {
        var wasTraining = network.training;
        var buffers = network.buffers().ToArray();
        var before = buffers.Select(b => b.detach().clone()).ToArray();
        if (!wasTraining)
        {
            network.train();
        }

        try
        {
            return work();
        }
        finally
        {
            using var noGradient = no_grad();
            foreach (var (buffer, value) in buffers.Zip(before))
            {
                buffer.copy_(value);
                value.Dispose();
            }

            if (!wasTraining)
            {
                network.eval();
            }
        }
    }
}
