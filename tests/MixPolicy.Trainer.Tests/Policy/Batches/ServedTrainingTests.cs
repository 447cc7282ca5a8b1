using MixPolicy.Trainer.Policy.Batches;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Tests.Policy.Batches;

/// <summary>The trainer's side of the batch scale against the service itself, with what breaks in between.</summary>
public sealed class ServedTrainingTests
{
    // Seconds: a busy machine takes its time to bring a service back to where it was.
    private const int Patience = 15;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Train_OverConnectionsThatBreakFiftyTimes_IsTheUnbrokenTraining(bool set)
    {
        const int Epochs = 8;
        const int Breaks = 50;
        await using var whole = await StartAsync(set, Epochs);
        await whole.TrainAsync();
        await using var broken = await StartAsync(set, Epochs);
        var (random, planned) = (new Random(3), 0);

        // A batch is some 3 kB on the wire: a connection breaks in the middle of a question, of an answer or between two.
        broken.Proxy.Breaks = () => planned++ < Breaks ? random.Next(3_000, 14_000) : null;
        await broken.TrainAsync();

        broken.Proxy.Broken.ShouldBe(Breaks);
        broken.Results.Select(r => r.TrainLoss).ShouldBe(whole.Results.Select(r => r.TrainLoss));
        broken.Results.ShouldAllBe(r => r.Batches!.Decided == ServedTraining.BatchesPerEpoch);
        var (expected, actual) = (await whole.LogAsync(), await broken.LogAsync());
        (actual.Agent.Batches, actual.Agent.PolicyVersion, actual.Rewarded).ShouldBe((expected.Agent.Batches, expected.Agent.PolicyVersion, expected.Rewarded));
        actual.Rewarded.ShouldBe((Epochs * ServedTraining.BatchesPerEpoch) - 1);
        actual.Agent.PolicyVersion.ShouldBeGreaterThan(10);
        broken.Steering.State.Unsent.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Train_WhileTheServiceGoesAtABatchAndComesBack_GoesOnAndTheLogIsRight(bool set)
    {
        const int Epochs = 6;
        const int Gone = 1;
        const int Back = 3;
        await using var training = await StartAsync(set, Epochs, patience: Patience);

        await training.TrainAsync(
            afterBatch: (epoch, batch) =>
            {
                if ((epoch, batch) == (Gone, 8))
                {
                    training.VanishAsync().GetAwaiter().GetResult();
                }
            },
            beforeEpoch: epoch => epoch == Back ? training.UntilBackAsync(epoch) : Task.CompletedTask);
        (await training.Agent.FinishAsync(Epochs - 1, training.Steering.LastMessage, Stop)).ShouldBeTrue();

        // Whole epochs before and after; part of one; none in between, which was mixed as published.
        var decided = training.Results.Select(r => r.Batches?.Decided).ToList();
        decided[Gone]!.Value.ShouldBeInRange(8, 11);
        training.Results[Gone].Batches!.Published.ShouldBe(ServedTraining.BatchesPerEpoch - decided[Gone]!.Value);
        decided.Select((count, epoch) => epoch == Gone ? ServedTraining.BatchesPerEpoch : count)
            .ShouldBe(Enumerable.Range(0, Epochs).Select(epoch => epoch is > Gone and < Back ? (int?)null : ServedTraining.BatchesPerEpoch));
        training.Notices.ShouldContain(notice => notice.Contains("has been away"));
        training.Notices.ShouldContain(notice => notice.Contains("The agent is back"));

        // The log has every decision that was trained on, each rewarded once, and knows which epochs were not its own.
        var log = await training.LogAsync();
        log.Agent.Batches.ShouldBe(decided.Sum(count => count ?? 0));
        log.Rewarded.ShouldBe(log.Agent.Batches - 1);
        log.Intervals.Select(interval => interval.Report.Fallback is not null).ShouldBe(Enumerable.Range(0, Epochs).Select(epoch => epoch is > Gone and < Back));
    }

    /// <summary>Nothing gets through for five batches: who waits for an answer would stand still.</summary>
    [Fact]
    public async Task Train_DecidingHere_GoesOnWhileNothingGetsThrough_AndTheAgentLearns()
    {
        const int Epochs = 4;
        await using var training = await StartAsync(ServedTraining.LocalPlan, Epochs);

        await training.TrainAsync(afterBatch: (_, batch) =>
        {
            if (batch == 4)
            {
                training.Proxy.Pause();
            }
            else if (batch == 9)
            {
                training.Proxy.Resume();
            }
        });
        (await training.Agent.FinishAsync(Epochs - 1, training.Steering.LastMessage, Stop)).ShouldBeTrue();

        training.Results.ShouldAllBe(r => r.Batches!.Decided == ServedTraining.BatchesPerEpoch);
        var versions = training.Results.Select(r => r.Batches!.PolicyVersion!.Value).ToList();
        versions.ShouldBeInOrder(SortDirection.Ascending, "a newer policy is fetched now and then");
        versions[^1].ShouldBeGreaterThan(2);
        var log = await training.LogAsync();
        log.Agent.Batches.ShouldBe(Epochs * ServedTraining.BatchesPerEpoch);
        log.Rewarded.ShouldBe(log.Agent.Batches - 1);
        log.Agent.PolicyVersion.ShouldBeGreaterThanOrEqualTo(versions[^1]);
    }

    [Fact]
    public async Task Train_DecidingHere_BegunAgain_TrainsByTheStoredDecisions()
    {
        const int Epochs = 2;
        await using var training = await StartAsync(ServedTraining.LocalPlan, Epochs);
        await training.TrainAsync();
        double[] losses = [.. training.Results.Select(r => r.TrainLoss)];
        var before = await training.LogAsync();

        await training.BeginAgainAsync();
        await training.TrainAsync();

        training.Results.Select(r => r.TrainLoss).ShouldBe(losses);
        var after = await training.LogAsync();
        (after.Agent.Batches, after.Agent.PolicyVersion, after.Rewarded).ShouldBe((before.Agent.Batches, before.Agent.PolicyVersion, before.Rewarded));
    }

    [Fact]
    public async Task Train_DecidingHere_OverConnectionsThatBreak_TellsEveryBatchOnce()
    {
        const int Epochs = 4;
        await using var training = await StartAsync(ServedTraining.LocalPlan, Epochs);
        var (random, planned) = (new Random(5), 0);
        training.Proxy.Breaks = () => planned++ < 15 ? random.Next(3_000, 14_000) : null;

        await training.TrainAsync();

        training.Proxy.Broken.ShouldBe(15);
        training.Results.ShouldAllBe(r => r.Batches!.Decided == ServedTraining.BatchesPerEpoch);
        var log = await training.LogAsync();
        (log.Agent.Batches, log.Rewarded).ShouldBe((Epochs * ServedTraining.BatchesPerEpoch, (Epochs * ServedTraining.BatchesPerEpoch) - 1));
        training.Steering.State.ShouldSatisfyAllConditions(s => s.Next.ShouldBe(log.Agent.Batches), s => s.Unsent.ShouldBeEmpty());
    }

    [Fact]
    public async Task Train_DecidingHere_WhereTheServiceGoesForLong_GivesBackWhatItNeverHeardOf()
    {
        const int Epochs = 6;
        await using var training = await StartAsync(ServedTraining.LocalPlan, Epochs, patience: Patience);
        await training.TrainAsync(
            afterBatch: (epoch, batch) =>
            {
                if ((epoch, batch) == (1, 8))
                {
                    training.VanishAsync().GetAwaiter().GetResult();
                }
            },
            beforeEpoch: epoch => epoch == 3 ? training.UntilBackAsync(epoch) : Task.CompletedTask);
        (await training.Agent.FinishAsync(Epochs - 1, training.Steering.LastMessage, Stop)).ShouldBeTrue();

        training.Results.Where((_, epoch) => epoch is 0 or >= 3).ShouldAllBe(r => r.Batches!.Decided == ServedTraining.BatchesPerEpoch);
        training.Results[2].Batches.ShouldBeNull();
        var log = await training.LogAsync();
        log.Agent.Batches.ShouldBeInRange(4 * ServedTraining.BatchesPerEpoch, (4 * ServedTraining.BatchesPerEpoch) + 12);
        log.Rewarded.ShouldBe(log.Agent.Batches - 1);
    }

    /// <summary>A decision is flushed to the disk just after it is answered.</summary>
    [Theory]
    [InlineData("rlmix")]
    [InlineData("rlmix-set")]
    [InlineData("rlmix-set local")]
    public async Task Train_WhereThePowerFailsBeforeTheLogIsFlushed_GoesOnWithTheNumbersThatAreFree(string mode)
    {
        const int Epochs = 3;
        const int Batches = Epochs * ServedTraining.BatchesPerEpoch;
        await using var training = await StartAsync(mode == "rlmix-set local" ? ServedTraining.LocalPlan : ServedTraining.PlanOf(mode == "rlmix-set"), Epochs);

        await training.TrainAsync(afterBatch: (epoch, batch) =>
        {
            if ((epoch, batch) == (1, 8))
            {
                training.Remember();
            }
            else if ((epoch, batch) == (1, 10))
            {
                training.LoseAsync().GetAwaiter().GetResult();
            }
        });
        (await training.Agent.FinishAsync(Epochs - 1, training.Steering.LastMessage, Stop)).ShouldBeTrue();

        training.Results.ShouldAllBe(r => r.Batches!.Decided == ServedTraining.BatchesPerEpoch);
        var log = await training.LogAsync();
        // Of those decided here, also what was not told yet.
        log.Agent.Batches.ShouldBeInRange(Batches - (mode == "rlmix-set local" ? BatchSteering.MostUnreported : 4), Batches - 1);
        log.Rewarded.ShouldBe(log.Agent.Batches - 1);
        training.Steering.State.ShouldSatisfyAllConditions(s => s.Next.ShouldBe(log.Agent.Batches), s => s.Unsent.ShouldBeEmpty());
    }

    /// <summary>As where a trainer returned to a checkpoint with another batch size.</summary>
    [Fact]
    public async Task Train_WhereANumberWasDecidedForABatchOfAnotherSize_GivesItUp()
    {
        await using var training = await StartAsync(ServedTraining.PlanOf(set: true), 1);
        await training.Agent.DecideAsync(0, Stop);
        var view = new Trainer.Training.Batches.BatchView(3, 10, 8, [.. Enumerable.Repeat(1 / 64f, 3 * 64)], new float[30], [1, 1, 1], [1, 2, 0], 0.5);
        await training.TellAsync(new() { Observation = WireBatches.Observation(view, withDraws: true, Packing.Float32) });

        await training.TrainAsync();

        training.Results[0].Batches!.ShouldSatisfyAllConditions(b => b.Published.ShouldBe(1), b => b.Decided.ShouldBe(ServedTraining.BatchesPerEpoch - 1));
        var log = await training.LogAsync();
        (log.Agent.Batches, log.Rewarded).ShouldBe((ServedTraining.BatchesPerEpoch, ServedTraining.BatchesPerEpoch - 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Finish_WithRewardsUnconfirmed_OverConnectionsThatBreak_TellsEachOnce(bool set)
    {
        const int Epochs = 2;
        const int Batches = Epochs * ServedTraining.BatchesPerEpoch;
        await using var training = await StartAsync(set, Epochs);
        await training.TrainAsync(sendsLast: false);
        training.Steering.State.Unsent.Select(reward => reward.Batch).ShouldBe(set ? [Batches - 2, Batches - 1] : [Batches - 1]);
        (await training.LogAsync()).Rewarded.ShouldBe(set ? Batches - 3 : Batches - 2);

        // Between the start of the run's end and its confirmation there are some 2 kB: it breaks everywhere in them.
        var through = 0;
        training.Proxy.Breaks = () => (through += 500) < 3_000 ? through : null;
        await training.Proxy.CutAsync();
        (await training.Agent.FinishAsync(Epochs - 1, training.Steering.LastMessage, Stop)).ShouldBeTrue();

        training.Proxy.Broken.ShouldBeGreaterThan(3);
        var log = await training.LogAsync();
        (log.Agent.Batches, log.Rewarded).ShouldBe((Batches, Batches - 1));
        log.Intervals.Count(interval => interval.Report is not null).ShouldBe(Epochs);
    }

    private static Task<ServedTraining> StartAsync(bool set, int epochs, int patience = 120) => StartAsync(ServedTraining.PlanOf(set), epochs, patience);

    private static async Task<ServedTraining> StartAsync(BatchSteeringPlan plan, int epochs, int patience = 120)
    {
        var training = new ServedTraining(plan, epochs, TimeSpan.FromSeconds(patience));
        await training.StartAsync();
        return training;
    }
}
