using System.Numerics.Tensors;
using MixPolicy.Mixup.Methods;

namespace MixPolicy.Mixup.CoMixupSolving;

/// <summary>
/// Co-Mixup's solver for one partition (Kim et al. 2021, algorithm 1; published as <c>get_onehot_matrix</c>): sweeps over the outputs, each time with the diversity
/// term made modular and the output labelled anew; from the second sweep on with blends of the inputs that it has. Costs are float32, as published. One
/// instance is a workspace for one size. Not thread-safe.
/// </summary>
/// <param name="inputs">Inputs n, at least 1.</param>
/// <param name="rows">Rows of cells.</param>
/// <param name="cols">Columns of cells.</param>
internal sealed class PartitionSolver(int inputs, int rows, int cols)
{
    private readonly int _cells = rows * cols;
    private readonly OutputLabeller _labeller = new(inputs, rows, cols);
    private readonly float[] _total = new float[inputs];
    private readonly float[] _counts = new float[inputs];
    private readonly float[] _penalty = new float[inputs];
    private readonly float[] _compatible = new float[inputs];

    /// <summary>Solves one partition.</summary>
    /// <param name="cost">c, inputs×cells: −ŝ with the prior added.</param>
    /// <param name="compatibility">A, inputs×inputs.</param>
    /// <param name="solution">Holds the initial labelling in <see cref="CoMixupSolution.First"/>; receives the result.</param>
    public void Solve(ReadOnlySpan<float> cost, ReadOnlySpan<float> compatibility, CoMixupOptions options, CoMixupSolution solution)
    {
        Sweep(cost, compatibility, options, solution);
        if (options.Solver == CoMixupSolver.Tight)
        {
            new LocalSearch(inputs, solution.Outputs, _cells, cols).Improve(solution, cost, options);
        }
    }

    private void Sweep(ReadOnlySpan<float> cost, ReadOnlySpan<float> compatibility, CoMixupOptions options, CoMixupSolution solution)
    {
        var (beta, gamma, threshold) = (options.Smoothness / _cells, options.Diversity / _cells, options.Threshold * _cells);
        _labeller.SetSmoothness(beta);
        solution.First.CopyTo(solution.Second, 0);
        AddUp(solution);
        float[]? extra = null;
        solution.Trace.Add(CoMixupObjective.Unthresholded(solution, cost, cols, beta, gamma));
        for (var sweep = 0; sweep < options.Sweeps; sweep++)
        {
            for (var output = 0; output < solution.Outputs; output++)
            {
                solution.Count(output, _counts);
                TensorPrimitives.Subtract(_total, _counts, _total);

                SetPenalties(compatibility, (float)threshold, (float)(2 * gamma), options.SoftThreshold);
                SetUnary(cost, extra is null ? [] : extra.AsSpan(output * inputs, inputs), (float)gamma);
                _labeller.Label(_counts, sweep > 0, solution.First.AsSpan(output * _cells, _cells), solution.Second.AsSpan(output * _cells, _cells));
                solution.Count(output, _counts);
                TensorPrimitives.Add(_total, _counts, _total);
            }

            if (sweep == options.Sweeps - 2 && options.Resolve)
            {
                extra = TwinCosts(solution);
            }

            var (before, now) = (solution.Trace[^1], CoMixupObjective.Unthresholded(solution, cost, cols, beta, gamma));
            solution.Trace.Add(now);
            if (Math.Abs(before - now) / Math.Abs(now) < 1e-6)
            {
                break;
            }
        }
    }

    /// <summary>The penalty of each input for one output, o being what all others have: <c>2γ·(A·o)·[A·o > τ]</c>, or with what lies above τ.</summary>
    private void SetPenalties(ReadOnlySpan<float> compatibility, float threshold, float twiceGamma, bool soft)
    {
        for (var i = 0; i < inputs; i++)
        {
            var sum = 0f;
            var row = compatibility.Slice(i * inputs, inputs);
            for (var k = 0; k < row.Length; k++)
            {
                sum += row[k] * _total[k];
            }

            _compatible[i] = sum;
        }

        for (var i = 0; i < inputs; i++)
        {
            if (soft)
            {
                _penalty[i] = _compatible[i] > threshold ? twiceGamma * (_compatible[i] - threshold) : 0;
                continue;
            }

            // As published: the 0/1 vector multiplies the columns of A.
            var sum = 0f;
            var row = compatibility.Slice(i * inputs, inputs);
            for (var k = 0; k < row.Length; k++)
            {
                sum += _compatible[k] > threshold ? row[k] * _total[k] : 0;
            }

            _penalty[i] = twiceGamma * sum;
        }
    }

    private void SetUnary(ReadOnlySpan<float> cost, ReadOnlySpan<float> extra, float gamma)
    {
        for (var i = 0; i < inputs; i++)
        {
            var (penalty, twin) = (_penalty[i], extra.IsEmpty ? 0 : gamma * extra[i]);
            var source = cost.Slice(i * _cells, _cells);
            var target = _labeller.Unary.AsSpan(i * _cells, _cells);
            for (var s = 0; s < target.Length; s++)
            {
                target[s] = source[s] + penalty + twin;
            }
        }
    }

    private float[] TwinCosts(CoMixupSolution solution)
    {
        var assigned = new bool[solution.Outputs * inputs];
        for (var output = 0; output < solution.Outputs; output++)
        {
            solution.Count(output, _counts);
            for (var i = 0; i < inputs; i++)
            {
                assigned[(output * inputs) + i] = _counts[i] > 0;
            }
        }

        var extra = new float[assigned.Length];
        Resolve.Costs(assigned, inputs, extra);
        return extra;
    }

    private void AddUp(CoMixupSolution solution)
    {
        _total.AsSpan().Clear();
        for (var output = 0; output < solution.Outputs; output++)
        {
            solution.Count(output, _counts);
            TensorPrimitives.Add(_total, _counts, _total);
        }
    }
}
