using MixPolicy.Torch.Randomness;

namespace MixPolicy.Mixup.CoMixupSolving;

/// <summary>What chance decides of one partition.</summary>
/// <param name="Prior">A draw of the Dirichlet prior, one number an input.</param>
/// <param name="Initial">The input that each cell of each output starts with.</param>
internal sealed record PartitionDraw(float[] Prior, int[] Initial)
{
    public int Inputs => Prior.Length;

    public static PartitionDraw Take(RandomStream stream, int inputs, int cells, double alpha)
    {
        var prior = DirichletPrior.Draw(stream, inputs, alpha);
        var initial = new int[inputs * cells];
        for (var at = 0; at < initial.Length; at++)
        {
            initial[at] = stream.Below(inputs);
        }

        return new(prior, initial);
    }
}
