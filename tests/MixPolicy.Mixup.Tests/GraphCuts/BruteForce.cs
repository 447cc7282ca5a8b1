using MixPolicy.Mixup.GraphCuts;

namespace MixPolicy.Mixup.Tests.GraphCuts;

/// <summary>Tries everything.</summary>
internal static class BruteForce
{
    /// <summary>The least energy that dividing the sites labelled a or b anew can reach, and all ways to reach it.</summary>
    public static (long Least, List<int[]> Minimisers) Swaps(GridEnergy energy, int[] labelling, int a, int b)
    {
        int[] active = [.. Enumerable.Range(0, labelling.Length).Where(s => labelling[s] == a || labelling[s] == b)];
        var (least, minimisers, tried) = (long.MaxValue, new List<int[]>(), labelling.ToArray());
        for (var sides = 0; sides < 1 << active.Length; sides++)
        {
            for (var i = 0; i < active.Length; i++)
            {
                tried[active[i]] = (sides >> i & 1) == 1 ? b : a;
            }

            var now = energy.Of(tried);
            if (now < least)
            {
                (least, minimisers) = (now, []);
            }

            if (now == least)
            {
                minimisers.Add([.. tried]);
            }
        }

        return (least, minimisers);
    }
}
