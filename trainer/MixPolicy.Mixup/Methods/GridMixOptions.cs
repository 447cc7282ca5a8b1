namespace MixPolicy.Mixup.Methods;

/// <summary>GridMix's grid.</summary>
public sealed record GridMixOptions
{
    /// <summary>n, cells a side, from 1 to 1024; at most a pixel each. Default 4: 8×8 pixels a cell on 32×32 images.</summary>
    public int Cells
    {
        get;
        init => field = value is >= 1 and <= 1024 ? value : throw new ArgumentOutOfRangeException(nameof(Cells), value, "Cells must be a whole number from 1 to 1024");
    }
    = 4;
}
