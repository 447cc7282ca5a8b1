using CsCheck;
using MixPolicy.Mixup.GraphCuts;

namespace MixPolicy.Mixup.Tests.GraphCuts;

/// <summary>A random energy, of small whole numbers with many ties or of large ones with hardly any.</summary>
public sealed record AnyEnergy(int Rows, int Cols, int Labels, int Seed, bool General, bool Ties = true)
{
    public static Gen<AnyEnergy> Of(Gen<int> rows, Gen<int> cols, Gen<int> labels, bool ties = true) =>
        Gen.Select(rows, cols, labels, Gen.Int[0, 100_000], Gen.Bool).Select((r, c, l, seed, general) => new AnyEnergy(r, c, l, seed, general, ties));

    internal GridEnergy Make()
    {
        var random = new Random(Seed);
        var energy = new GridEnergy(Rows, Cols, Labels);
        energy.SetPotts(random.Next(1, 4));
        if (General)
        {
            for (var a = 0; a < Labels; a++)
            {
                // V(a, a) ≤ 2 ≤ V(a, b), so that every swap is a cut.
                energy.SetCost(a, a, random.Next(3));
                for (var b = a + 1; b < Labels; b++)
                {
                    energy.SetCost(a, b, random.Next(2, 6));
                }
            }
        }

        var range = Ties ? random.Next(1, 12) : 1_000_000;
        var edges = Ties ? 4 : 300_000;
        for (var s = 0; s < energy.Sites; s++)
        {
            (energy.Right[s], energy.Down[s]) = (random.Next(edges), random.Next(edges));
            for (var label = 0; label < Labels; label++)
            {
                energy.Unary(label)[s] = random.Next(-range, range + 1);
            }
        }

        return energy;
    }
}
