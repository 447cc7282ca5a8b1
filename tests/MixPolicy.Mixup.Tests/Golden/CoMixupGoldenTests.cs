using MixPolicy.Mixup.Blending;
using MixPolicy.Mixup.CoMixupSolving;
using MixPolicy.Mixup.Methods;
using MixPolicy.Testing;
using static TorchSharp.torch;

namespace MixPolicy.Mixup.Tests.Golden;

public sealed class CoMixupGoldenTests
{
    private static readonly string[] Known = ["n", "process_", "objective_", "resolve_label"];

    public static TheoryData<string> SolverCases => new(GoldenFolder.Cases("comix", Known, "n"));

    public static TheoryData<string> ObjectiveCases => new(GoldenFolder.Cases("comix", Known, "objective_"));

    public static TheoryData<string> ProcessCases => new(GoldenFolder.Cases("comix", Known, "process_"));

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
        (solution.Trace.Count - 1).ShouldBe(golden.Outputs.GetProperty("n_sweeps").GetInt32());
        solution.Trace.ShouldBe(GoldenArrays.Floats(golden.Outputs, "obj_trace_with_prior").Select(value => (double)value), 1e-3);
        problem.Objective(solution, thresholded: false).ShouldBe(golden.Outputs.GetProperty("obj_with_prior").GetDouble(), 1e-3);
        problem.Objective(solution, thresholded: true).ShouldBe(golden.Outputs.GetProperty("obj_thres_with_prior").GetDouble(), 1e-3);
        if (golden.Inputs.TryGetProperty("images", out var images))
        {
            using var scope = NewDisposeScope();
            var labelling = problem.Labelling(solution);
            var pictures = GoldenCase.Tensor(images);
            var labels = nn.functional.one_hot(GoldenCase.Tensor(golden.Inputs.GetProperty("labels")), golden.Meta.GetProperty("num_class").GetInt32()).to(float32);
            LabelledBlend.Images(pictures, labelling).ShouldBeClose(GoldenCase.Tensor(golden.Outputs.GetProperty("mixed_images")), 1e-5, 0, "images");
            LabelledBlend.Labels(labels, labelling, (int)pictures.shape[2], (int)pictures.shape[3])
                .ShouldBeClose(GoldenCase.Tensor(golden.Outputs.GetProperty("mixed_targets")), 1e-5, 0, "labels");
            LabelledBlend.SalientLabels(labels, labelling, GoldenArrays.Floats(golden.Inputs, "sc_for_mixed_targets_sc"))
                .ShouldBeClose(GoldenCase.Tensor(golden.Outputs.GetProperty("mixed_targets_sc")), 1e-5, 0, "labels by saliency");
        }
    }

    [Theory]
    [MemberData(nameof(SolverCases))]
    public void Label_EveryRecordedCall_GivesTheRecordedMask(string path)
    {
        var golden = GoldenCase.Read(path);
        if (golden.Outputs.TryGetProperty("calls", out var calls))
        {
            var cells = golden.Meta.GetProperty("height").GetInt32() * golden.Meta.GetProperty("width").GetInt32();
            var beta = golden.Meta.GetProperty("params").GetProperty("beta").GetDouble() / cells;
            foreach (var call in calls.EnumerateArray())
            {
                RecordedCall.Label(call, beta, call.GetProperty("sweep").GetInt32()).ShouldBe(GoldenArrays.Floats(call, "mask"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(SolverCases))]
    public void SolveTight_RecordedProblem_IsNotWorseOnThePapersObjectiveThanPublished(string path)
    {
        var golden = GoldenCase.Read(path);
        var parameters = golden.Meta.GetProperty("params");
        var problem = new CoMixupProblem(golden.Inputs, parameters);
        if (problem.Options.SoftThreshold)
        {
            Should.Throw<ArgumentException>(() => new CoMixup(problem.Options with { Solver = CoMixupSolver.Tight })).Message.ShouldContain("hard threshold");
            return;
        }

        var tight = problem.Solve(problem.Options with { Solver = CoMixupSolver.Tight });

        problem.Objective(tight, thresholded: true).ShouldBeLessThanOrEqualTo(golden.Outputs.GetProperty("obj_thres_with_prior").GetDouble() + 1e-4);
    }

    [Theory]
    [MemberData(nameof(SolverCases))]
    public void Resolve_RecordedAssignment_GivesTheRecordedCosts(string path)
    {
        var outputs = GoldenCase.Read(path).Outputs;
        if (outputs.TryGetProperty("resolve_in", out var recorded) && recorded.ValueKind != System.Text.Json.JsonValueKind.Null)
        {
            var assigned = GoldenArrays.FloatsOf(recorded);
            var extra = new float[assigned.Length];

            Resolve.Costs([.. assigned.Select(a => a > 0)], GoldenArrays.Shape(outputs, "resolve_in")[1], extra);

            extra.ShouldBe(GoldenArrays.Floats(outputs, "resolve_add_cost"));
        }
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
    [MemberData(nameof(ObjectiveCases))]
    public void SolveTight_ProblemSet_IsNeverWorseOnThePapersObjectiveAndMixesAsMany(string path)
    {
        var parameters = GoldenCase.Read(path).Meta.GetProperty("params");
        var (published, tight, publishedSources, tightSources) = (0.0, 0.0, 0, 0);
        foreach (var (input, output) in GoldenArrays.Pairs(path))
        {
            var problem = new CoMixupProblem(input, parameters);
            var recorded = output.GetProperty("obj_thres_with_prior").GetDouble();
            var solution = problem.Solve(problem.Options with { Solver = CoMixupSolver.Tight });

            var found = problem.Objective(solution, thresholded: true);
            found.ShouldBeLessThanOrEqualTo(recorded + 1e-4, "recorded in float32");
            publishedSources += Sources(problem.Solve());
            tightSources += Sources(solution);
            if (input.GetProperty("kind").GetString() != "flat")
            {
                (published, tight) = (published + recorded, tight + found);
            }
        }

        tight.ShouldBeLessThan(published);
        tightSources.ShouldBeGreaterThanOrEqualTo(publishedSources);

        static int Sources(CoMixupSolution solution)
        {
            var counts = new float[solution.Inputs];
            return Enumerable.Range(0, solution.Outputs).Sum(output =>
            {
                solution.Count(output, counts);
                return counts.Count(c => c > 0);
            });
        }
    }

    [Theory]
    [MemberData(nameof(ProcessCases))]
    public void Mix_RecordedDraws_GivesTheRecordedBatch(string path)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Read(path);
        var arguments = golden.Meta.GetProperty("args");
        var options = CoMixupProblem.OptionsOf(arguments, "m_") with
        {
            Partition = arguments.GetProperty("m_part").GetInt32(),
            Compatibility = arguments.GetProperty("m_omega").GetDouble(),
        };
        var blocks = arguments.GetProperty("m_block_num").GetInt32();
        var images = GoldenCase.Tensor(golden.Inputs.GetProperty("images"));
        var labels = nn.functional.one_hot(GoldenCase.Tensor(golden.Inputs.GetProperty("labels")), golden.Meta.GetProperty("num_class").GetInt32()).to(float32);
        var saliency = GoldenCase.Tensor(golden.Inputs.GetProperty("sc"));
        var priors = golden.Inputs.GetProperty("alphas").EnumerateArray().Select(GoldenArrays.FloatsOf);
        var draws = priors.Zip(golden.Inputs.GetProperty("idx").EnumerateArray().Select(GoldenArrays.IntsOf), (prior, initial) => new PartitionDraw(prior, initial)).ToArray();

        var mixed = CoMixup.Mix(new(images, labels, saliency), blocks, draws, options);

        SalientWindow.Find(saliency).SelectMany(w => new[] { (float)w.Row, w.Col }).ShouldBe(GoldenArrays.Floats(golden.Outputs, "z_idx_2d"));
        var start = 0;
        foreach (var (draw, mask) in draws.Zip(golden.Outputs.GetProperty("masks").EnumerateArray()))
        {
            var cells = (start * blocks * blocks)..((start + draw.Inputs) * blocks * blocks);
            int[] Local(int[] inputs) => [.. inputs[cells].Select(i => i - start)];
            GoldenArrays.Masks(Local(mixed.Labelling!.First), Local(mixed.Labelling.Second), draw.Inputs).ShouldBe(GoldenArrays.FloatsOf(mask));
            start += draw.Inputs;
        }

        mixed.Images.ShouldBeClose(GoldenCase.Tensor(golden.Outputs.GetProperty("mixed_images")), 1e-5, 0, "images");
        mixed.Labels.ShouldBeClose(GoldenCase.Tensor(golden.Outputs.GetProperty("mixed_targets")), 1e-5, 0, "labels");
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
