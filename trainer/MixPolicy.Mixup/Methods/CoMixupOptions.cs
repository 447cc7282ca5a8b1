using static MixPolicy.Mixup.Methods.OptionRange;

namespace MixPolicy.Mixup.Methods;

/// <summary>How Co-Mixup is solved; the defaults are the published ones for CIFAR-100 (Kim et al. 2021, "Co-Mixup: Saliency Guided Joint Mixup with Supermodular Diversity").</summary>
public sealed record CoMixupOptions
{
    /// <summary>P, cells a side: 1 to 32, or 0 for 2, 4, 8 or 16 at random for each batch. The published whole numbers round β/P² below 0.001 to no smoothness: from P = 18 on with the default β.</summary>
    public int Blocks { get; init => field = Allowed(value, value is >= 0 and <= 32, nameof(Blocks), "a whole number from 0 (random) to 32"); } = 4;

    /// <summary>m, images solved together: 1 to 1,000. The work grows with m² (with m³ for <see cref="CoMixupSolver.Tight"/>).</summary>
    public int Partition { get; init => field = Allowed(value, value is >= 1 and <= 1000, nameof(Partition), "a whole number from 1 to 1000"); } = 20;

    /// <summary>β ≥ 0, smoothness inside an output.</summary>
    public double Smoothness { get; init => field = Allowed(value, value is >= 0 and <= 1e3, nameof(Smoothness), "in [0, 1000]"); } = 0.32;

    /// <summary>γ ≥ 0, diversity of the outputs.</summary>
    public double Diversity { get; init => field = Allowed(value, value is >= 0 and <= 1e3, nameof(Diversity), "in [0, 1000]"); } = 1;

    /// <summary>τ ≥ 0: how much of an input the other outputs may have before it costs, as a share of one output.</summary>
    public double Threshold { get; init => field = Allowed(value, value is >= 0 and <= 1e3, nameof(Threshold), "in [0, 1000]"); } = 0.83;

    /// <summary>Whether what lies above τ costs, instead of all once τ is passed.</summary>
    public bool SoftThreshold { get; init; }

    /// <summary>η ≥ 0, weight of the Dirichlet prior.</summary>
    public double Prior { get; init => field = Allowed(value, value is >= 0 and <= 1e3, nameof(Prior), "in [0, 1000]"); } = 0.05;

    /// <summary>α of the Dirichlet prior over the inputs of a partition.</summary>
    public double DirichletAlpha { get; init => field = Allowed(value, value is >= 1e-3 and <= 1e3, nameof(DirichletAlpha), "in [0.001, 1000]"); } = 2;

    /// <summary>ω in [0, 1], weight of the distance between the most salient windows in the compatibility of two inputs.</summary>
    public double Compatibility { get; init => field = Allowed(value, value is >= 0 and <= 1, nameof(Compatibility), "in [0, 1]"); } = 0.001;

    /// <summary>Most sweeps over the outputs.</summary>
    public int Sweeps { get; init => field = Allowed(value, value is >= 1 and <= 100, nameof(Sweeps), "a whole number from 1 to 100"); } = 4;

    /// <summary>Whether outputs of the same inputs are pushed apart before the last sweep.</summary>
    public bool Resolve { get; init; } = true;

    /// <summary>Whether an input's label counts as much as the saliency of what is shown of it, instead of its area: an alternative in the published code that its training does not use.</summary>
    public bool SaliencyLabels { get; init; }

    /// <summary>Weight of the loss on the clean images; 0 for none.</summary>
    public double CleanLossWeight { get; init => field = Allowed(value, value is >= 0 and <= 1e3, nameof(CleanLossWeight), "in [0, 1000]"); } = 1;

    /// <summary>How the labelling is found.</summary>
    public CoMixupSolver Solver { get; init; } = CoMixupSolver.Published;

    /// <summary>Most partitions solved at once; 0 for as many as there are processors. The result does not depend on it.</summary>
    public int Threads { get; init => field = Allowed(value, value is >= 0 and <= 1024, nameof(Threads), "a whole number from 0 to 1024"); }
}

/// <summary>How Co-Mixup's labelling is found.</summary>
public enum CoMixupSolver
{
    /// <summary>The published algorithm, cell for cell.</summary>
    Published,

    /// <summary>
    /// The published algorithm, then a local search on the thresholded objective that the paper states: never worse on it, and no output has fewer sources. With the
    /// hard threshold only.
    /// </summary>
    Tight,
}
