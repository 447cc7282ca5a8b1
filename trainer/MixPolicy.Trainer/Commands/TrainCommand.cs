using System.CommandLine;
using MixPolicy.Trainer.Data.Shapes;
using MixPolicy.Trainer.Policy;
using MixPolicy.Trainer.Policy.Batches;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Commands;

/// <summary>The <c>train</c> command: its options, and what they add up to.</summary>
internal sealed class TrainCommand : Command
{
    private readonly Option<string?> _dataset = Dataset();
    private readonly Option<string?> _data = Data();
    private readonly Option<int?> _trainLimit = OptionKinds.Whole("--train-limit", "Take so many training images. (default: all)", 1);
    private readonly Option<int?> _testLimit = OptionKinds.Whole("--test-limit", "Take so many test images. (default: all)", 1);
    private readonly Option<string?> _model = Model();
    private readonly Option<int?> _epochs = OptionKinds.Whole("--epochs", $"Epochs. (default: {ShapesDefaults.Epochs})", 1, 1_000_000);
    private readonly Option<int?> _batchSize = OptionKinds.Whole("--batch-size", $"Images a batch. (default: {RecipeDefaults.BatchSizes})", 2, 65_536);
    private readonly Option<double?> _maxLearningRate = OptionKinds.Number(
        "--max-lr", "Highest learning rate of the schedule. (default: as published, 0.2995 for onecycle, in proportion less below 10 epochs; 0.2 for multistep)",
        "RATE", "a number above 0, at most 10", rate => rate is > 0 and <= 10);

    private readonly Option<string?> _schedule = OptionKinds.OneOf("--lr-schedule", "Learning-rate schedule. (default: onecycle)", RecipeDefaults.OneCycle, RecipeDefaults.MultiStep);
    private readonly Option<double?> _holdoutFraction = OptionKinds.Number(
        "--holdout-fraction", "Share of the training set that is held out for the reward and the best checkpoint; 0 for none. (default: 0.1)",
        "F", "a number from 0 to 0.5", fraction => fraction is >= 0 and <= 0.5);

    private readonly Option<string?> _policy = OptionKinds.OneOf(
        "--policy", "How decisions are made; rlmix (RL-Mix as published) and rlmix-set (ours) decide R-Mix's percentiles batch by batch. (default: ppo)",
        "ppo", "random", "fixed", "schedule", "bandit", BatchPolicyNames.RlMix, BatchPolicyNames.RlMixSet);

    private readonly Option<string?> _batchMode = OptionKinds.OneOf(
        "--batch-mode", "With rlmix and rlmix-set: sync waits for each batch's decision; pipelined asks one step ahead, by weights one step old; local (rlmix-set) decides here, by the agent's policy as it was fetched last, and tells the agent behind the training, for slow networks. (default: rlmix sync, rlmix-set pipelined)",
        [.. BatchPolicyNames.Modes]);

    private readonly Option<string?> _batchReward = OptionKinds.OneOf(
        "--batch-reward", "What rlmix and rlmix-set learn from: the likeness of the saliency of clean and mixed images, as published; how well each image's gradient agrees with that on clean held-out images; how far a step brings their loss down. (default: rlmix saliency, rlmix-set probe-gradient)",
        [.. BatchPolicyNames.Rewards]);

    private readonly Option<string?> _batchPacking = OptionKinds.OneOf(
        "--batch-packing", "With rlmix and rlmix-set: how observations go to the agent; bfloat16 is half as long and has 8 bits of precision. (default: float32)",
        [.. BatchPolicyNames.Packings]);

    private readonly Option<string?> _policyFrom = OptionKinds.Text(
        "--policy-from", "Start from a learned policy: a file of 'mixpolicy export', or an agent of the same service. (default: a new policy)", "FILE|agents/X");

    private readonly Option<bool> _freezePolicy = new("--freeze-policy") { Description = "Use the policy as it is, without learning." };
    private readonly Option<string?> _reward = OptionKinds.OneOf(
        "--reward", "What the policy learns from: the held-out loss beyond expectation; the likeness of the saliency of clean and mixed images (RL-Mix; two more passes on the first batches of an epoch); the fall of the training loss. (default: held-out)",
        [.. RewardNames.All]);

    private readonly Option<IReadOnlyList<string>?> _methods = OptionKinds.Parsed<IReadOnlyList<string>?>(
        "--methods", $"Methods the policy chooses from; with --policy fixed the one method, at its published setting. One or more of {MethodList.Names}. (default: vanilla,input-mixup,cutmix,rmix; fixed: rmix)", "a,b,c",
        $"different methods, separated by commas, out of {MethodList.Names}", MethodList.Parse);

    private readonly Option<IReadOnlyList<ScheduleEntry>?> _methodSchedule = OptionKinds.Parsed<IReadOnlyList<ScheduleEntry>?>(
        "--schedule", "With --policy schedule: method by first epoch, each at its published setting.", "0:a,5:b", $"{MethodList.ScheduleForm}; methods: {MethodList.Names}", MethodList.ParseSchedule);

    private readonly Option<int?> _mixupOffEpochs = OptionKinds.Whole(
        "--mixup-off-epochs", "Leave so many of the last epochs unmixed, whatever is decided. (default: 0)", 0, 1_000_000);

    private readonly Option<string?> _preset = OptionKinds.OneOf(
        "--preset", "The R-Mix paper's recipe: --policy fixed, OneCycle with its rate, batches of 100; rmix trains with R-Mix, cutmix+ with CutMix. (default: none)",
        Presets.RMix, Presets.CutMixPlus);

    private readonly Option<string?> _agent = OptionKinds.Parsed<string?>(
        "--agent", "The agent service: embedded hosts it in this process; a key for one elsewhere comes from MIXPOLICY_KEY or MIXPOLICY_KEY_FILE in the environment. (default: embedded)", "embedded|URL", "embedded, or an address like http://host:5080",
        text => text == TrainSettings.Embedded || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") ? text : null);

    private readonly Option<int?> _agentPatience = OptionKinds.Whole(
        "--agent-patience", "Seconds to wait for an agent that cannot be reached, before the training goes on with the last choice (vanilla, if there is none). (default: 60)", 1, 86_400);

    private readonly Option<long?> _seed = Seed();
    private readonly Option<string?> _device = OptionKinds.OneOf("--device", "Where to compute; auto takes CUDA where it works. (default: auto)", "auto", "cpu", "cuda");
    private readonly Option<int?> _threads = OptionKinds.Whole("--threads", "Threads of one tensor operation. Repeatable to the bit means: the same number. (default: the processors)", 1, 1024);
    private readonly Option<string?> _out = OptionKinds.Text("--out", "Folder for everything the training writes. (default: runs/ and the time)", "DIR");
    private readonly Option<string?> _resume = OptionKinds.Text("--resume", "Go on with the run in this folder. Its settings are kept.", "DIR");

    private readonly TimeProvider _time;

    /// <param name="train">Runs the training; gives the exit code.</param>
    /// <param name="time">Names the default output folder.</param>
    public TrainCommand(Func<TrainRequest, CancellationToken, Task<int>> train, TimeProvider time)
        : base("train", "Train an image classifier whose mixup is steered, epoch by epoch, by an agent.")
    {
        _time = time;
        foreach (var option in new Option[]
        {
            _dataset, _data, _trainLimit, _testLimit, _model, _epochs, _batchSize, _policy, _reward, _methods, _methodSchedule, _agent, _agentPatience, _seed, _device, _threads,
            _out, _resume, _holdoutFraction, _mixupOffEpochs, _preset, _maxLearningRate, _schedule, _batchMode,
            _batchReward, _batchPacking, _policyFrom, _freezePolicy,
        })
        {
            Add(option);
        }

        SetAction((parsed, cancellationToken) => train(Request(parsed), cancellationToken));
    }

    internal static Option<string?> Dataset() => OptionKinds.OneOf("--dataset", "Data set. shapes is built in. (default: shapes)", "shapes", "cifar10", "cifar100");

    internal static Option<string?> Data() => OptionKinds.Text("--data", "Folder of the CIFAR binary files.", "DIR");

    internal static Option<string?> Model() => OptionKinds.Parsed<string?>(
        "--model", $"Network: preactresnet18, or preactresnet18-wN with N channels in the first stage. (default: {ShapesDefaults.Model})", "NAME",
        RecipeDefaults.ModelForm, text => RecipeDefaults.IsModel(text) ? text : null);

    internal static Option<long?> Seed() => OptionKinds.Seed("--seed", "Seed of everything that is drawn. (default: 0)");

    /// <exception cref="UsageException">Options contradict each other, or the folder named is not what the option needs.</exception>
    public TrainRequest Request(ParseResult parsed)
    {
        if (parsed.GetValue(_resume) is { } resume)
        {
            if (parsed.GetValue(_out) is { } other && Path.GetFullPath(other) != Path.GetFullPath(resume))
            {
                throw new UsageException("--out", other, $"with --resume the run stays in its folder, {resume}: leave --out out");
            }

            var stored = new RunFolder(resume).ReadSettings() ?? throw new UsageException("--resume", resume, "a folder in which a training has been started (it has a run.json)");
            return new(ResumeRules.Check(stored, Apply(parsed, stored), resume), resume, true);
        }

        var defaults = RecipeDefaults.Settings(
            parsed.GetValue(_dataset) ?? RecipeDefaults.Shapes, parsed.GetValue(_schedule) ?? RecipeDefaults.OneCycle, parsed.GetValue(_epochs) ?? ShapesDefaults.Epochs);
        var settings = Apply(parsed, parsed.GetValue(_preset) is { } preset ? Presets.Apply(preset, defaults) : defaults);
        SettingRules.Check(settings);
        var stamp = _time.GetLocalNow().ToString("yyyyMMdd-HHmmss", System.Globalization.CultureInfo.InvariantCulture);
        var folder = parsed.GetValue(_out) ?? Path.Combine("runs", stamp);
        return new RunFolder(folder).ReadSettings() is null
            ? new(settings, folder, false)
            : throw new UsageException("--out", folder, "a folder without a run; to go on with the one there: --resume " + folder);
    }

    private TrainSettings Apply(ParseResult parsed, TrainSettings basis)
    {
        var policy = parsed.GetValue(_policy) ?? basis.Policy;
        var methods = parsed.GetValue(_methods) ?? basis.Methods;
        return basis with
        {
            Dataset = parsed.GetValue(_dataset) ?? basis.Dataset,
            Data = parsed.GetValue(_data) is { } data ? Path.GetFullPath(data) : basis.Data,
            TrainLimit = parsed.GetValue(_trainLimit) ?? basis.TrainLimit,
            TestLimit = parsed.GetValue(_testLimit) ?? basis.TestLimit,
            Model = parsed.GetValue(_model) ?? basis.Model,
            Epochs = parsed.GetValue(_epochs) ?? basis.Epochs,
            BatchSize = parsed.GetValue(_batchSize) ?? basis.BatchSize,
            HoldoutFraction = parsed.GetValue(_holdoutFraction) ?? basis.HoldoutFraction,
            MaxLearningRate = parsed.GetValue(_maxLearningRate) ?? basis.MaxLearningRate,
            LearningRateSchedule = parsed.GetValue(_schedule) ?? basis.LearningRateSchedule,
            Policy = policy,
            Reward = parsed.GetValue(_reward) ?? basis.Reward,
            Methods = policy == "fixed" && methods.Count == 0 ? ["rmix"] : methods,
            Schedule = parsed.GetValue(_methodSchedule) ?? basis.Schedule,
            MixupOffEpochs = parsed.GetValue(_mixupOffEpochs) ?? basis.MixupOffEpochs,
            BatchMode = parsed.GetValue(_batchMode) ?? basis.BatchMode ?? BatchPolicyNames.DefaultMode(policy),
            BatchReward = parsed.GetValue(_batchReward) ?? basis.BatchReward ?? BatchPolicyNames.DefaultReward(policy),
            BatchPacking = parsed.GetValue(_batchPacking) ?? basis.BatchPacking ?? BatchPolicyNames.DefaultPacking(policy),
            PolicyFrom = parsed.GetValue(_policyFrom) is { } from ? (from.StartsWith("agents/", StringComparison.Ordinal) ? from : Path.GetFullPath(from)) : basis.PolicyFrom,
            FreezePolicy = parsed.GetValue(_freezePolicy) || basis.FreezePolicy,
            Preset = parsed.GetValue(_preset) ?? basis.Preset,
            Agent = parsed.GetValue(_agent) ?? basis.Agent,
            AgentPatience = parsed.GetValue(_agentPatience) ?? basis.AgentPatience,
            Seed = parsed.GetValue(_seed) ?? basis.Seed,
            Device = parsed.GetValue(_device) ?? basis.Device,
            Threads = parsed.GetValue(_threads) ?? basis.Threads,
        };
    }
}
