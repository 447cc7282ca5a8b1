using MixPolicy.Benchmarks;
using MixPolicy.Torch;
using MixPolicy.Torch.Native;

// Each benchmark prints its measurements as they come, one JSON line each.
var benchmarks = new SortedDictionary<string, Func<IEnumerable<Measurement>>>(StringComparer.Ordinal)
{
    ["batch-learning"] = BatchLearning.Run,
    ["co-mixup-training"] = CoMixupTraining.Run,
    ["decide"] = Decide.Run,
    ["memory"] = Memory.Run,
    ["memory-decisions"] = MemoryDecisions.Run,
    ["mix"] = Mix.Run,
    ["ppo-learning"] = PpoLearning.Run,
    ["ppo-update"] = PpoUpdates.Run,
    ["rl-step"] = () => RlStep.Run("preactresnet18-w16", rollout: 250),
    ["rl-step-full"] = () => RlStep.Run("preactresnet18", rollout: 16),
    ["run-series"] = RunSeriesTimes.Run,
    ["runs-list"] = RunsList.Run,
    ["saliency"] = SaliencyPass.Run,
    ["steer"] = Steer.Run,
    ["step"] = Step.Run,
    ["step-methods"] = StepByMethod.Run,
};

var unknown = args.Where(a => !benchmarks.ContainsKey(a)).ToArray();
if (args.Length == 0 || unknown.Length > 0)
{
    Console.Error.WriteLine(unknown.Length > 0 ? $"unknown benchmark: {string.Join(", ", unknown)}" : "name one or more benchmarks");
    Console.Error.WriteLine($"there are: {string.Join(", ", benchmarks.Keys)}");
    return 2;
}

// As the trainer does.
NativeHeap.KeepFreedMemory();
TorchRuntime.Load();
foreach (var name in args)
{
    foreach (var measurement in benchmarks[name]())
    {
        Console.WriteLine(measurement);
    }
}

return 0;
