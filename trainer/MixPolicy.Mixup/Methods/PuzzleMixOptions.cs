using static MixPolicy.Mixup.Methods.OptionRange;

namespace MixPolicy.Mixup.Methods;

/// <summary>How PuzzleMix mixes; the defaults are the published ones for CIFAR-100 (Kim, Choo, Song 2020, "Puzzle Mix: Exploiting Saliency and Local Statistics for Optimal Mixup").</summary>
public sealed record PuzzleMixOptions
{
    /// <summary>P, blocks a side: 1 to 32, or 0 for 2, 4, 8 or 16 at random for each batch.</summary>
    public int Blocks { get; init => field = Allowed(value, value is >= 0 and <= 32, nameof(Blocks), "a whole number from 0 (random) to 32"); }

    /// <summary>Values a block's share can have, evenly spaced in [0, 1]: 2, 3 or 4.</summary>
    public int Labels { get; init => field = Allowed(value, value is >= 2 and <= 4, nameof(Labels), "2, 3 or 4"); } = 3;

    /// <summary>β ≥ 0, label smoothness.</summary>
    public double LabelSmoothness { get; init => field = Allowed(value, value is >= 0 and <= 1e3, nameof(LabelSmoothness), "in [0, 1000]"); } = 1.2;

    /// <summary>γ ≥ 0, data-local smoothness.</summary>
    public double DataSmoothness { get; init => field = Allowed(value, value is >= 0 and <= 1e3, nameof(DataSmoothness), "in [0, 1000]"); } = 0.5;

    /// <summary>η ≥ 0, weight of the prior that the shares follow λ.</summary>
    public double Prior { get; init => field = Allowed(value, value is >= 0 and <= 1e3, nameof(Prior), "in [0, 1000]"); } = 0.2;

    /// <summary>Side in pixels of the areas whose colours the data-local smoothness compares, at least 1.</summary>
    public int Neighbourhood { get; init => field = Allowed(value, value is >= 1 and <= 1024, nameof(Neighbourhood), "a whole number from 1 to 1024"); } = 4;

    /// <summary>Whether blocks are moved to where the mask shows them.</summary>
    public bool Transport { get; init; } = true;

    /// <summary>What moving over the whole image costs, against the saliency moved.</summary>
    public double TransportCost { get; init => field = Allowed(value, value is >= 0 and <= 1e3, nameof(TransportCost), "in [0, 1000]"); } = 0.8;

    /// <summary>Side in pixels of what is moved: at most a block's. A block's where this is 0, does not divide it, or would make more than 32 places a side.</summary>
    public int TransportSize { get; init => field = Allowed(value, value is >= 0 and <= 1024, nameof(TransportSize), "a whole number from 0 (a block's) to 1024"); } = 4;

    /// <summary>Probability in [0, 1] that adversarial noise is added to the own images of a batch, and the same for the partners; the paper's variant has 0.1.</summary>
    public double NoiseProbability { get; init => field = Allowed(value, value is >= 0 and <= 1, nameof(NoiseProbability), "in [0, 1]"); }

    /// <summary>ε of the noise, as a share of the whole range of colours, in [0, 1].</summary>
    public double NoiseRadius { get; init => field = Allowed(value, value is >= 0 and <= 1, nameof(NoiseRadius), "in [0, 1]"); } = 10.0 / 255;

    /// <summary>Weight of the loss on the clean images; 0 for none.</summary>
    public double CleanLossWeight { get; init => field = Allowed(value, value is >= 0 and <= 1e3, nameof(CleanLossWeight), "in [0, 1000]"); }

    /// <summary>Most images worked on at once; 0 for as many as there are processors. The result does not depend on it.</summary>
    public int Threads { get; init => field = Allowed(value, value is >= 0 and <= 1024, nameof(Threads), "a whole number from 0 to 1024"); }
}
