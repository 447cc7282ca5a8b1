using MixPolicy.Testing;
using MixPolicy.Trainer.Records;

namespace MixPolicy.Trainer.Tests.Records;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    [Fact]
    public void Lock_WhileHeld_IsRefusedAndThenFree()
    {
        var folder = new RunFolder(_temporary.Path);
        using (folder.Lock())
        {
            Should.Throw<RunFolderException>(() => folder.Lock()).Message.ShouldContain("Another training is at work");
        }

        folder.Lock().Dispose();
    }

    [Fact]
    public void ReadTicket_Damaged_NamesTheFile()
    {
        File.WriteAllText(_temporary["agent.json"], "{ \"launch\": ");
        Should.Throw<RunFolderException>(() => new RunFolder(_temporary.Path).ReadTicket()).Message.ShouldContain("agent.json is damaged");
    }

    [Fact]
    public void Ticket_RoundTrip_IsTheSame()
    {
        var folder = new RunFolder(_temporary.Path);
        folder.ReadTicket().ShouldBeNull();
        folder.WriteTicket(new("launch", 2, "token", true, true));
        folder.ReadTicket().ShouldBe(new("launch", 2, "token", true, true));
    }

    public void Dispose() => _temporary.Dispose();
}
