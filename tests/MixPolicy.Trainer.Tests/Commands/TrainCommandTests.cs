using System.CommandLine;
using MixPolicy.Testing;
using MixPolicy.Trainer.Commands;
using MixPolicy.Trainer.Policy;
using MixPolicy.Trainer.Records;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Tests.Commands;

public sealed class TrainCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private TrainRequest? _request;

    [Theory]
    [InlineData("--epochs 0", "--epochs is '0'; allowed: a whole number from 1 to 1000000")]
    [InlineData("--epochs 1.5", "--epochs is '1.5'; allowed: a whole number from 1 to 1000000")]
    [InlineData("--dataset mnist", "--dataset is 'mnist'; allowed: shapes, cifar10, cifar100")]
    [InlineData("--model resnet50", "--model is 'resnet50'; allowed: preactresnet18, or preactresnet18-wN")]
    [InlineData("--batch-size 1", "--batch-size is '1'; allowed: a whole number from 2 to 65536")]
    [InlineData("--policy best", "--policy is 'best'; allowed: ppo, random, fixed, schedule, bandit")]
    [InlineData("--reward best", "--reward is 'best'; allowed: held-out, gradient-similarity, loss-drop")]
    [InlineData("--methods cutmix,cutmix", "--methods is 'cutmix,cutmix'; allowed: different methods")]
    [InlineData("--methods cutout", "--methods is 'cutout'; allowed: different methods")]
    [InlineData("--agent localhost:5080", "--agent is 'localhost:5080'; allowed: embedded, or an address")]
    [InlineData("--seed -1", "--seed is '-1'; allowed: a whole number from 0")]
    [InlineData("--device tpu", "--device is 'tpu'; allowed: auto, cpu, cuda")]
    [InlineData("--holdout-fraction 0.6", "--holdout-fraction is '0.6'; allowed: a number from 0 to 0.5")]
    [InlineData("--holdout-fraction nan", "--holdout-fraction is 'nan'; allowed: a number from 0 to 0.5")]
    [InlineData("--holdout-fraction 0", "--holdout-fraction is '0'; allowed: above 0 with --policy ppo")]
    [InlineData("--dataset cifar10", "--data: needed with --dataset cifar10")]
    [InlineData("--data .", "--data is '")]
    [InlineData("--policy fixed --methods cutmix,rmix", "--methods is 'cutmix,rmix'; allowed: exactly one method with --policy fixed")]
    [InlineData("--policy schedule", "--schedule: needed with --policy schedule")]
    [InlineData("--policy schedule --schedule 1:cutmix", "--schedule is '1:cutmix'; allowed: EPOCH:METHOD pairs")]
    [InlineData("--schedule 0:cutmix", "--schedule is '0:cutmix'; allowed: only with --policy schedule")]
    [InlineData("--epochs 5 --mixup-off-epochs 6", "--mixup-off-epochs is '6'; allowed: at most --epochs, 5")]
    [InlineData("--mixup-off-epochs -1", "--mixup-off-epochs is '-1'; allowed: a whole number from 0")]
    [InlineData("--preset cutmix", "--preset is 'cutmix'; allowed: rmix, cutmix+")]
    [InlineData("--preset rmix --policy ppo", "--policy is 'ppo'; allowed: fixed with --preset rmix")]
    [InlineData("--preset cutmix+ --methods rmix", "--methods is 'rmix'; allowed: cutmix with --preset cutmix+")]
    [InlineData("--preset rmix --batch-size 50", "--batch-size is '50'; allowed: 100 with --preset rmix")]
    [InlineData("--preset rmix --lr-schedule multistep", "--lr-schedule is 'multistep'; allowed: onecycle with --preset rmix")]
    [InlineData("--preset rmix --max-lr 0.1", "--max-lr is '0.1'; allowed: 0.29947526988779305 with --preset rmix")]
    [InlineData("--resume nowhere", "--resume is 'nowhere'; allowed: a folder in which a training has been started")]
    [InlineData("--batch-mode sync", "--batch-mode is 'sync'; allowed: only with --policy rlmix or rlmix-set, and the policy is ppo")]
    [InlineData("--batch-reward saliency", "--batch-reward is 'saliency'; allowed: only with --policy rlmix or rlmix-set")]
    [InlineData("--policy rlmix --batch-mode late", "--batch-mode is 'late'; allowed: sync, pipelined, local")]
    [InlineData("--policy rlmix --batch-mode local", "--batch-mode is 'local'; allowed: sync or pipelined with --policy rlmix; local with --policy rlmix-set")]
    [InlineData("--batch-packing bfloat16", "--batch-packing is 'bfloat16'; allowed: only with --policy rlmix or rlmix-set, and the policy is ppo")]
    [InlineData("--policy rlmix --batch-reward held-out", "--batch-reward is 'held-out'; allowed: saliency, probe-gradient, probe-loss")]
    [InlineData("--policy rlmix --reward loss-drop", "--reward is 'loss-drop'; allowed: nothing, with --policy rlmix")]
    [InlineData("--policy rlmix --batch-size 1025", "--batch-size is '1025'; allowed: at most 1024 with --policy rlmix")]
    [InlineData("--policy rlmix-set --batch-size 4097", "--batch-size is '4097'; allowed: at most 4096 with --policy rlmix-set")]
    [InlineData("--policy rlmix --methods rmix", "--methods is 'rmix'; allowed: nothing, with --policy rlmix")]
    [InlineData("--policy rlmix-set --methods rmix", "--methods is 'rmix'; allowed: nothing, or two or more out of rmix, rmix-choose-least, cut-top-paste, cut-top-least-paste")]
    [InlineData("--policy rlmix-set --methods rmix,cutmix", "--methods is 'rmix,cutmix'; allowed: nothing, or two or more out of rmix")]
    [InlineData("--policy rlmix-set --holdout-fraction 0", "--holdout-fraction is '0'; allowed: above 0 with --batch-reward probe-gradient")]
    [InlineData("--policy rlmix-set --policy-from agents/x", "--policy-from is 'agents/x'; allowed: a file, with the embedded agent service")]
    [InlineData("--policy bandit --freeze-policy", "--freeze-policy: only with --policy ppo, rlmix or rlmix-set")]
    [InlineData("--policy rlmix-set --freeze-policy", "--freeze-policy: only with --policy-from: a new policy has learned nothing")]
    [InlineData("--policy random --policy-from agents/x", "--policy-from is 'agents/x'; allowed: only with --policy ppo, rlmix or rlmix-set")]
    [InlineData("--policy-from x", "--policy-from is '")]
    [InlineData("--policy rlmix --policy-from nowhere", "--policy-from is '")]
    [InlineData("--colour red", "Unrecognized command or argument '--colour'")]
    public async Task Train_WithABadValue_NamesOptionValueAndWhatIsAllowed(string arguments, string message)
    {
        using var error = new StringWriter();
        (await RunAsync(error, arguments.Split(' '))).ShouldBe(2);
        error.ToString().ShouldStartWith("error: " + message);
        error.ToString().Trim().ShouldNotContain('\n');
        _request.ShouldBeNull();
    }

    [Theory]
    [InlineData("held-out", Reward.Unspecified)]
    [InlineData("gradient-similarity", Reward.GradientSimilarity)]
    [InlineData("loss-drop", Reward.LossDrop)]
    public async Task Train_WithAReward_AsksForAnAgentWithIt(string name, Reward reward)
    {
        var settings = (await RequestAsync("--out", _folder["new"], "--reward", name)).Settings;
        RunPlans.Of(settings, classes: 10, "launch").Agent.Reward.ShouldBe(reward);
    }

    [Theory]
    [InlineData("rlmix", "sync", "saliency", AgentSpec.PolicyOneofCase.RlMix)]
    [InlineData("rlmix-set", "pipelined", "probe-gradient", AgentSpec.PolicyOneofCase.RlMixSet)]
    public async Task Train_WithABatchPolicy_TakesItsDefaults(string policy, string mode, string reward, AgentSpec.PolicyOneofCase kind)
    {
        var settings = (await RequestAsync("--out", _folder["new"], "--policy", policy)).Settings;
        settings.ShouldSatisfyAllConditions(s => s.BatchMode.ShouldBe(mode), s => s.BatchReward.ShouldBe(reward), s => s.FreezePolicy.ShouldBeFalse());
        var spec = RunPlans.Of(settings, classes: 10, "launch").Agent;
        spec.PolicyCase.ShouldBe(kind);
        spec.Frozen.ShouldBeFalse();
        RunPlans.Of(settings with { FreezePolicy = true }, classes: 10, "launch").Agent.Frozen.ShouldBeTrue();
    }

    [Fact]
    public async Task Train_FromAPolicy_HasAnAgentOfItsOwn()
    {
        var settings = (await RequestAsync("--out", _folder["new"], "--policy", "rlmix-set")).Settings;
        string Id(TrainSettings of, string launch) => RunPlans.Of(of, classes: 10, launch).AgentId;
        Id(settings, "one").ShouldBe(Id(settings, "other"));
        var from = settings with { PolicyFrom = "file" };
        Id(from, "one").ShouldNotBe(Id(from, "other"));
    }

    [Fact]
    public async Task Train_WithoutOptions_TakesTheDefaults()
    {
        var settings = (await RequestAsync("--out", _folder["new"])).Settings;
        settings.ShouldSatisfyAllConditions(
            s => s.Dataset.ShouldBe("shapes"), s => s.Policy.ShouldBe("ppo"), s => s.Methods.ShouldBeEmpty(), s => s.Agent.ShouldBe("embedded"),
            s => s.HoldoutFraction.ShouldBe(0.1), s => s.LearningRateSchedule.ShouldBe("onecycle"), s => s.MaxLearningRate.ShouldBe(0.29947526988779305));
    }

    [Fact]
    public async Task Train_WithAliases_TakesTheNamesOfTheLibrary() =>
        (await RequestAsync("--out", _folder["new"], "--methods", "none,mixup,R-Mix")).Settings.Methods.ShouldBe(["vanilla", "input-mixup", "rmix"]);

    [Theory]
    [InlineData("rmix", "rmix")]
    [InlineData("cutmix+", "cutmix")]
    public async Task Train_WithAPreset_TakesTheRecipeOfThePaper(string preset, string method)
    {
        var settings = (await RequestAsync("--out", _folder["new"], "--preset", preset, "--epochs", "300", "--batch-size", "100")).Settings;
        settings.ShouldSatisfyAllConditions(
            s => s.Policy.ShouldBe("fixed"), s => s.Methods.ShouldBe([method]), s => s.BatchSize.ShouldBe(100), s => s.LearningRateSchedule.ShouldBe("onecycle"),
            s => s.MaxLearningRate.ShouldBe(0.29947526988779305), s => s.Epochs.ShouldBe(300), s => s.Preset.ShouldBe(preset));
    }

    [Theory]
    [InlineData("--epochs 3", 0.3 * 0.29947526988779305)]
    [InlineData("--epochs 10", 0.29947526988779305)]
    [InlineData("--epochs 3 --max-lr 0.25", 0.25)]
    [InlineData("--epochs 3 --preset rmix", 0.29947526988779305)]
    [InlineData("--epochs 3 --lr-schedule multistep", 0.2)]
    public async Task Train_WithFewEpochs_WarmsUpToLessUnlessToldARate(string options, double rate) =>
        (await RequestAsync(["--out", _folder["new"], .. options.Split(' ')])).Settings.MaxLearningRate.ShouldBe(rate, 1e-15);

    [Fact]
    public async Task Train_WithASchedule_ReadsIt() =>
        (await RequestAsync("--out", _folder["new"], "--policy", "schedule", "--schedule", "0:vanilla,5:cutmix")).Settings.Schedule
            .ShouldBe([new(0, "vanilla"), new(5, "cutmix")]);

    [Fact]
    public async Task Resume_TakesTheStoredSettingsAndOnlyWhatMayChange()
    {
        var stored = (await RequestAsync("--out", _folder["run"], "--seed", "7", "--agent", "http://one:5080")).Settings;
        Directory.CreateDirectory(_folder["run"]);
        new RunFolder(_folder["run"]).WriteSettings(stored);
        var resumed = await RequestAsync("--resume", _folder["run"], "--agent", "http://two:5080");
        resumed.Resume.ShouldBeTrue();
        resumed.Settings.Seed.ShouldBe(7);
        resumed.Settings.Agent.ShouldBe("http://two:5080");

        using var error = new StringWriter();
        (await RunAsync(error, "--resume", _folder["run"], "--agent", "embedded")).ShouldBe(2);
        error.ToString().ShouldContain("--agent is 'embedded'; allowed: the address of a service");
    }

    [Fact]
    public async Task Train_IntoAFolderWithARun_IsRefused()
    {
        var settings = (await RequestAsync("--out", _folder["run"])).Settings;
        Directory.CreateDirectory(_folder["run"]);
        new RunFolder(_folder["run"]).WriteSettings(settings);
        using var error = new StringWriter();
        (await RunAsync(error, "--out", _folder["run"])).ShouldBe(2);
        error.ToString().ShouldContain("--resume");
    }

    public void Dispose() => _folder.Dispose();

    private async Task<TrainRequest> RequestAsync(params string[] arguments)
    {
        using var error = new StringWriter();
        (await RunAsync(error, arguments)).ShouldBe(0, error.ToString());
        return _request!;
    }

    private Task<int> RunAsync(StringWriter error, params string[] arguments)
    {
        _request = null;
        var root = new RootCommand
        {
            new TrainCommand(
                (request, _) =>
                {
                    _request = request;
                    return Task.FromResult(0);
                },
                TimeProvider.System),
        };
        return ExitCodes.OfAsync(root.Parse(["train", .. arguments]), error, CancellationToken.None);
    }
}
