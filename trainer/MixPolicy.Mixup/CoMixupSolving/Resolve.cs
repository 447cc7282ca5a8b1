namespace MixPolicy.Mixup.CoMixupSolving;

/// <summary>Co-Mixup's last step against outputs made of the same inputs: each is told to do without another of them (Kim et al. 2021, appendix; published as <c>resolve_label</c>).</summary>
internal static class Resolve
{
    /// <summary>Sets 1 where an output shall pay for an input, 0 elsewhere.</summary>
    /// <param name="assigned">Whether an output has anything of an input: outputs×inputs, row by row.</param>
    /// <param name="extra">The same shape; overwritten. An output changed by an earlier pair is changed again by a later one, as published.</param>
    public static void Costs(ReadOnlySpan<bool> assigned, int inputs, Span<float> extra)
    {
        extra.Clear();
        var outputs = assigned.Length / inputs;
        for (var i = 0; i < outputs; i++)
        {
            var row = assigned.Slice(i * inputs, inputs);
            var first = row.IndexOf(true);
            var second = first < 0 ? -1 : row[(first + 1)..].IndexOf(true);
            if (second < 0)
            {
                continue;
            }

            for (var j = i + 1; j < outputs; j++)
            {
                if (row.SequenceEqual(assigned.Slice(j * inputs, inputs)))
                {
                    extra[(i * inputs) + first] = 1;
                    extra[(j * inputs) + first + 1 + second] = 1;
                }
            }
        }
    }
}
