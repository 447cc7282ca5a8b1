using MixPolicy.Mixup.CoMixup;
using MixPolicy.Testing;

namespace MixPolicy.Mixup.Tests.Golden;

public sealed class CoMixupGoldenTests
{
    private static readonly string[] Known = ["n", "process_", "objective_", "resolve_label"];

    public static TheoryData<string> SolverCases => new(GoldenFolder.Cases("comix", Known, "n"));

    public static TheoryData<string> ObjectiveCases => new(GoldenFolder.Cases("comix", Known, "objective_"));

    public static TheoryData<string> ResolveCases => new(GoldenFolder.Cases("comix", Known, "resolve_label"));

    [Theory]
    [MemberData(nameof(SolverCases))]
    public void Solve_RecordedDraws_GivesTheRecordedMaskAndObjective(string path)
    {
        var golden = GoldenCase.Read(path);
        var parameters = golden.Meta.GetProperty("params");
        var problem = new CoMixupProblem(golden.Inputs, parameters);

        problem.Cost.ShouldBe(GoldenArrays.Floats(golden.Outputs, "cost_with_prior"), 1e-6);
        var solution = problem.Solve();

        GoldenArrays.Masks(solution.First, solution.Second, problem.Inputs).ShouldBe(GoldenArrays.Floats(golden.Outputs, "mask_onehot"));
        solution.Sweeps.ShouldBe(golden.Outputs.GetProperty("n_sweeps").GetInt32());
        problem.Objective(solution, thresholded: false).ShouldBe(golden.Outputs.GetProperty("obj_with_prior").GetDouble(), 1e-3);
        problem.Objective(solution, thresholded: true).ShouldBe(golden.Outputs.GetProperty("obj_thres_with_prior").GetDouble(), 1e-3);
    }

    [Theory]
    [MemberData(nameof(ObjectiveCases))]
    public void Solve_ProblemSet_GivesTheRecordedMasksAndObjectives(string path)
    {
        var parameters = GoldenCase.Read(path).Meta.GetProperty("params");
        foreach (var (input, output) in GoldenArrays.Pairs(path))
        {
            var problem = new CoMixupProblem(input, parameters);
            var solution = problem.Solve();

            GoldenArrays.Masks(solution.First, solution.Second, problem.Inputs).ShouldBe([.. GoldenArrays.Ints(output, "mask_onehot_times2").Select(m => m / 2f)]);
            problem.Objective(solution, thresholded: true).ShouldBe(output.GetProperty("obj_thres_with_prior").GetDouble(), 1e-3);
        }
    }

    [Theory]
    [MemberData(nameof(ResolveCases))]
    public void Resolve_GivesTheRecordedCosts(string path)
    {
        foreach (var (input, output) in GoldenArrays.Pairs(path))
        {
            var assigned = GoldenArrays.Floats(input, "assigned");
            var extra = new float[assigned.Length];

            Resolve.Costs([.. assigned.Select(a => a > 0)], GoldenArrays.Shape(input, "assigned")[1], extra);

            extra.ShouldBe(GoldenArrays.Floats(output, "add_cost"));
        }
    }
}
