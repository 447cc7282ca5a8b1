using Microsoft.Data.Sqlite;
using MixPolicy.Agent.Experiments;
using MixPolicy.Agent.Tests.Batches;

namespace MixPolicy.Agent.Tests.Service;

public sealed class MigrationTests
{
    [Fact]
    public async Task Database_OfTheVersionBefore_IsBroughtUpAndGoesOn()
    {
        await using var service = await TestService.StartAsync();
        var started = await service.Client.StartAsync(Scripted.PpoAgent());
        for (var interval = 0; interval < 10; interval++)
        {
            await service.Client.DecideAsync(Scripted.Decide(started, interval));
        }

        await service.GoDownAsync();
        BackToTheFirstVersion(Path.Combine(service.DataFolder, "agent.db"));
        await service.ComeUpAsync();
        (await service.Client.DecideAsync(Scripted.Decide(started, 10))).Interval.ShouldBe(10);
        var agent = await service.Client.GetAgentAsync(new() { Name = "agents/a" });
        (agent.Decisions, agent.Batches).ShouldBe((11, 0));
        await ListsShowWhatWasReportedBeforeAsync(service);
        var batches = await service.Client.StartAsync(ScriptedBatches.Set(), agentId: "b");
        using var stream = new BatchClient(service.Client);
        (await stream.DecideAsync(ScriptedBatches.Ask(batches, 0))).Batch.ShouldBe(0);
    }

    private static async Task ListsShowWhatWasReportedBeforeAsync(TestService service)
    {
        var run = (await service.Get<RunCatalog>().ListRunsAsync(new() { Filter = new() { Policy = "ppo" } }, TestContext.Current.CancellationToken)).Items.ShouldHaveSingleItem();
        (run.Dataset, run.Network, run.Intervals, run.Reports).ShouldBe(("shapes", "tiny", 20, 10));
        run.TrainLoss.ShouldBe(Scripted.Report("", 9).TrainLoss);
        run.BestHoldoutTop1.ShouldBe(Enumerable.Range(0, 10).Max(interval => Scripted.Report("", interval).HoldoutTop1));
        run.Methods.ShouldBe(["vanilla", "input_mixup", "cutmix", "r_mix"]);
    }

    /// <summary>The schema as it was before batches, as the service of then made it, with what is in the tables.</summary>
    private static void BackToTheFirstVersion(string path)
    {
        using var database = new SqliteConnection($"Data Source={path};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = """
            PRAGMA foreign_keys = OFF;
            DROP TABLE batches;
            DROP TABLE imports;
            DROP TABLE artifacts;
            ALTER TABLE agents RENAME TO agents_new;
            ALTER TABLE runs RENAME TO runs_new;
            ALTER TABLE log RENAME TO log_new;
            DROP INDEX IX_log_AgentId_RunId_Interval_Kind;
            DROP INDEX IX_runs_Finished;
            CREATE TABLE "agents" (
                "Id" TEXT NOT NULL CONSTRAINT "PK_agents" PRIMARY KEY, "Incarnation" TEXT NOT NULL, "Spec" BLOB NOT NULL, "Created" INTEGER NOT NULL,
                "LastSequence" INTEGER NOT NULL, "PolicyVersion" INTEGER NOT NULL, "Decisions" INTEGER NOT NULL, "Reports" INTEGER NOT NULL);
            CREATE TABLE "runs" (
                "AgentId" TEXT NOT NULL, "RunId" TEXT NOT NULL, "Spec" BLOB NOT NULL, "Created" INTEGER NOT NULL, "Updated" INTEGER NOT NULL, "Finished" INTEGER NULL,
                "LeaseToken" TEXT NOT NULL, "LeaseDuration" INTEGER NOT NULL, "LeaseExpires" INTEGER NOT NULL, "Decisions" INTEGER NOT NULL, "Reports" INTEGER NOT NULL,
                CONSTRAINT "PK_runs" PRIMARY KEY ("AgentId", "RunId"),
                CONSTRAINT "FK_runs_agents_AgentId" FOREIGN KEY ("AgentId") REFERENCES "agents" ("Id") ON DELETE CASCADE);
            CREATE TABLE "log" (
                "AgentId" TEXT NOT NULL, "Sequence" INTEGER NOT NULL, "RunId" TEXT NOT NULL, "Kind" INTEGER NOT NULL, "Interval" INTEGER NULL, "Time" INTEGER NOT NULL,
                "Payload" BLOB NULL, "Observation" BLOB NULL, "Reward" REAL NULL,
                CONSTRAINT "PK_log" PRIMARY KEY ("AgentId", "Sequence"),
                CONSTRAINT "FK_log_runs_AgentId_RunId" FOREIGN KEY ("AgentId", "RunId") REFERENCES "runs" ("AgentId", "RunId") ON DELETE CASCADE);
            CREATE UNIQUE INDEX "IX_log_AgentId_RunId_Interval_Kind" ON "log" ("AgentId", "RunId", "Interval", "Kind");
            CREATE INDEX "IX_runs_Finished" ON "runs" ("Finished");
            INSERT INTO agents SELECT Id, Incarnation, Spec, Created, LastSequence, PolicyVersion, Decisions, Reports FROM agents_new;
            INSERT INTO runs SELECT AgentId, RunId, Spec, Created, Updated, Finished, LeaseToken, LeaseDuration, LeaseExpires, Decisions, Reports FROM runs_new;
            INSERT INTO log SELECT AgentId, Sequence, RunId, Kind, Interval, Time, Payload, Observation, Reward FROM log_new;
            DROP TABLE log_new;
            DROP TABLE runs_new;
            DROP TABLE agents_new;
            DELETE FROM "__EFMigrationsHistory" WHERE "MigrationId" NOT LIKE '%_Initial';
            """;
        command.ExecuteNonQuery();
    }
}
