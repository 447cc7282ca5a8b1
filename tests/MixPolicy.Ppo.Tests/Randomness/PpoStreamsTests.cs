using MixPolicy.Ppo.Environments;
using MixPolicy.Ppo.Randomness;
using MixPolicy.Torch.Randomness;

namespace MixPolicy.Ppo.Tests.Randomness;

public sealed class PpoStreamsTests
{
    [Fact]
    public void Streams_OfOneSeed_AreAllDifferent()
    {
        var streams = new List<RandomStream> { new(7), PpoStreams.InitialWeights(7), PpoStreams.Minibatches(7), PpoStreams.Actions(7) };
        for (var i = 0; i < 20; i++)
        {
            streams.Add(PpoStreams.Environment(7, i));
            streams.Add(PpoStreams.Evaluation(7, i));
        }

        streams.Select(stream => stream.Next()).Distinct().Count().ShouldBe(streams.Count);
    }

    [Fact]
    public void VectorEnvironment_Copy_DrawsFromItsOwnStream()
    {
        var environments = new VectorEnvironment(() => new CartPole(), 3, seed: 7);
        var observation = new float[4];

        new CartPole().Reset(PpoStreams.Environment(7, 2), observation);

        environments.Observation(2).ShouldBe(observation);
    }
}
