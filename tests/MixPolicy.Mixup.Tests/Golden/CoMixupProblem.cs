using System.Text.Json;
using MixPolicy.Mixup.CoMixupSolving;
using MixPolicy.Mixup.Methods;

namespace MixPolicy.Mixup.Tests.Golden;

/// <summary>A recorded problem of Co-Mixup's solver.</summary>
internal sealed class CoMixupProblem
{
    private readonly int _rows;
    private readonly int _cols;
    private readonly int _outputs;
    private readonly float[] _compatibility;
    private readonly int[] _initial;

    public CoMixupProblem(JsonElement input, JsonElement parameters)
    {
        var (shape, initial) = (GoldenArrays.Shape(input, "cost_matrix"), GoldenArrays.Shape(input, "idx"));
        (Inputs, _rows, _cols, _outputs) = (shape[0], shape[1], shape[2], initial[0]);
        Options = OptionsOf(parameters);
        Cost = GoldenArrays.Floats(input, "cost_matrix");
        DirichletPrior.AddTo(Cost, GoldenArrays.Floats(input, "alpha"), Options.Prior);
        _compatibility = GoldenArrays.Floats(input, "A");
        _initial = GoldenArrays.Ints(input, "idx");
    }

    public int Inputs { get; }

    public CoMixupOptions Options { get; }

    /// <summary>With the prior: inputs×cells.</summary>
    public float[] Cost { get; }

    public CoMixupSolution Solve(CoMixupOptions? options = null)
    {
        var solution = new CoMixupSolution(Inputs, _outputs, _rows * _cols);
        _initial.CopyTo(solution.First, 0);
        new PartitionSolver(Inputs, _rows, _cols).Solve(Cost, _compatibility, options ?? Options, solution);
        return solution;
    }

    public BatchLabelling Labelling(CoMixupSolution solution) => new(_outputs, _rows, _cols, solution.First, solution.Second);

    public double Objective(CoMixupSolution solution, bool thresholded)
    {
        double cells = _rows * _cols;
        var (beta, gamma) = (Options.Smoothness / cells, Options.Diversity / cells);
        return thresholded
            ? CoMixupObjective.Of(solution, Cost, _cols, beta, gamma, Options.Threshold * cells)
            : CoMixupObjective.Unthresholded(solution, Cost, _cols, beta, gamma);
    }

    /// <param name="prefix">What the names of most parameters begin with.</param>
    public static CoMixupOptions OptionsOf(JsonElement parameters, string prefix = "") => new()
    {
        Smoothness = parameters.GetProperty(prefix + "beta").GetDouble(),
        Diversity = parameters.GetProperty(prefix + "gamma").GetDouble(),
        Prior = parameters.GetProperty(prefix + "eta").GetDouble(),
        DirichletAlpha = parameters.GetProperty("mixup_alpha").GetDouble(),
        Threshold = parameters.GetProperty(prefix + "thres").GetDouble(),
        SoftThreshold = parameters.GetProperty(prefix + "thres_type").GetString() == "soft",
        Resolve = parameters.GetProperty("set_resolve").GetBoolean(),
        Sweeps = parameters.GetProperty(prefix + "niter").GetInt32(),
    };
}
