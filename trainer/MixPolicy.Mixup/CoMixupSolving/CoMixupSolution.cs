namespace MixPolicy.Mixup.CoMixupSolving;

/// <summary>Which inputs of a partition fill each cell of each of its outputs: one input, or the mean of two different ones.</summary>
internal sealed class CoMixupSolution(int inputs, int outputs, int cells)
{
    public int Inputs => inputs;

    public int Outputs => outputs;

    public int Cells => cells;

    /// <summary>An input for each cell of each output.</summary>
    public int[] First { get; } = new int[outputs * cells];

    /// <summary>The other input of each cell; the same as in <see cref="First"/> where one fills it.</summary>
    public int[] Second { get; } = new int[outputs * cells];

    /// <summary>The objective that the published solver stops by, of the initial labelling and after every sweep over the outputs.</summary>
    public List<double> Trace { get; } = [];

    /// <summary>o_j[i], the cells of output j that input i fills; a half for each cell it shares.</summary>
    public void Count(int output, Span<float> counts)
    {
        counts.Clear();
        for (var at = output * cells; at < (output + 1) * cells; at++)
        {
            counts[First[at]] += 0.5f;
            counts[Second[at]] += 0.5f;
        }
    }
}
