using Google.Protobuf;
using MixPolicy.Agent.Learning;
using MixPolicy.Torch.Randomness;
using MixPolicy.V1;

namespace MixPolicy.Agent.Tests.Learning;

/// <summary>
/// Trainings without a network: the held-out loss falls by a rate that depends on the choice, and a little on chance. Several runs are interleaved
/// in a random order, as trainers that know nothing of each other give it.
/// </summary>
/// <param name="seed">Order of the runs, noise, fallbacks.</param>
/// <param name="rate">By how much a choice lowers the logarithm of the loss.</param>
/// <param name="fallbacks">How often an interval runs under a fallback.</param>
internal sealed class SimulatedTraining(ulong seed, Func<Choice, double> rate, double fallbacks = 0)
{
    private const int Parallel = 3;
    private const int Intervals = 12;
    private const double Noise = 0.02;

    private readonly RandomStream _random = new(seed);
    private readonly List<TrainingRun> _runs = [];
    private int _started;

    /// <summary>What was decided, in log order.</summary>
    public List<Choice> Choices { get; } = [];

    /// <summary>Every call made, to be made again elsewhere, and its answer.</summary>
    public List<(Func<AgentMind, string> Make, string Answer)> Calls { get; } = [];

    /// <summary>Trains until <paramref name="decisions"/> decisions are made.</summary>
    public void Train(AgentMind mind, int decisions)
    {
        while (Choices.Count < decisions)
        {
            if (_runs.Count < Parallel)
            {
                var name = $"agents/a/runs/run-{_started++}";
                _runs.Add(new(name));
                Call(mind, agent => Start(agent, name));
            }

            var run = _runs[_random.Below(_runs.Count)];
            if (run.Open is null)
            {
                var (name, interval) = (run.Name, run.Interval);
                Call(mind, agent =>
                {
                    var decided = agent.Decide(name, interval);
                    run.Open ??= decided.Decision.Choice;
                    return $"{Hex(decided.Decision)} {string.Join(' ', decided.Observation.Select(BitConverter.SingleToInt32Bits))}";
                });
                Choices.Add(run.Open!);
            }
            else if (_random.Uniform() < 0.02)
            {
                var name = run.Name;
                _runs.Remove(run);
                Call(mind, agent => Finish(agent, name));
            }
            else
            {
                Report(mind, run);
            }
        }
    }

    private static RunSpec Spec => new() { Intervals = Intervals, Classes = 10, PeakLearningRate = 0.2 };

    private static string Start(AgentMind mind, string run)
    {
        mind.StartRun(run, Spec);
        return "";
    }

    private static string Finish(AgentMind mind, string run)
    {
        mind.FinishRun(run);
        return "";
    }

    private static string Hex(IMessage message) => Convert.ToHexString(message.ToByteArray());

    private void Report(AgentMind mind, TrainingRun run)
    {
        run.Loss *= Math.Exp(-rate(run.Open!) - (Noise * _random.Gaussian()));
        var (name, interval, last) = (run.Name, run.Interval, run.Interval + 1 == Intervals);
        var progress = (interval + 1.0) / Intervals;
        var report = new Report
        {
            Decision = $"{name}/decisions/{interval}",
            Progress = progress,
            TrainLoss = run.Loss * 1.1,
            TrainTop1Weighted = Math.Exp(-run.Loss),
            HoldoutLoss = run.Loss,
            HoldoutTop1 = Math.Exp(-run.Loss),
            LearningRate = 0.2 * (1 - progress),
            Fallback = _random.Uniform() < fallbacks ? new() { Method = Method.Vanilla } : null,
        };
        mind.Check(name, report).ShouldBeEmpty();
        Call(mind, agent =>
        {
            var learned = agent.Report(name, interval, report, last);
            return $"{learned.Reward:R} {learned.Update?.PolicyVersion} {string.Join(' ', learned.Update?.Diagnostics.OrderBy(entry => entry.Key).Select(entry => $"{entry.Key} {entry.Value:R}") ?? [])}";
        });
        (run.Open, run.Interval) = (null, interval + 1);
        if (last)
        {
            _runs.Remove(run);
        }
    }

    private void Call(AgentMind mind, Func<AgentMind, string> make) => Calls.Add((make, make(mind)));

    private sealed class TrainingRun(string name)
    {
        public string Name { get; } = name;

        public int Interval { get; set; }

        public double Loss { get; set; } = Math.Log(10);

        public Choice? Open { get; set; }
    }
}
