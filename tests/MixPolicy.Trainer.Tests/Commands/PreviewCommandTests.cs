using System.CommandLine;
using MixPolicy.Mixup;
using MixPolicy.Trainer.Commands;

namespace MixPolicy.Trainer.Tests.Commands;

public sealed class PreviewCommandTests
{
    private PreviewRequest? _request;

    [Theory]
    [InlineData("--dataset shapes", "--out: needed: the name of the .png file to write")]
    [InlineData("--out sheet.jpg", "--out is 'sheet.jpg'; allowed: the name of a .png file")]
    [InlineData("--dataset cifar10 --out a.png", "--data: needed with --dataset cifar10")]
    [InlineData("--data . --out a.png", "--data is '.'; allowed: nothing, with --dataset shapes")]
    [InlineData("--methods cutout --out a.png", "--methods is 'cutout'; allowed: different methods")]
    public async Task Preview_WithABadValue_NamesOptionValueAndWhatIsAllowed(string arguments, string message)
    {
        using var error = new StringWriter();
        (await RunAsync(error, arguments.Split(' '))).ShouldBe(2);
        error.ToString().ShouldStartWith("error: " + message);
        error.ToString().Trim().ShouldNotContain('\n');
        _request.ShouldBeNull();
    }

    [Fact]
    public async Task Preview_WithoutMethods_ShowsAll()
    {
        using var error = new StringWriter();
        (await RunAsync(error, "--out", "a.png", "--seed", "4")).ShouldBe(0, error.ToString());
        _request!.Methods.ShouldBe(MixupMethods.All.Select(method => method.Name));
        (_request.Dataset, _request.Seed, _request.File).ShouldBe(("shapes", 4, "a.png"));
    }

    private Task<int> RunAsync(StringWriter error, params string[] arguments)
    {
        var root = new RootCommand
        {
            new PreviewCommand((request, _) =>
            {
                _request = request;
                return Task.FromResult(0);
            }),
        };
        return ExitCodes.OfAsync(root.Parse(["preview", .. arguments]), error, CancellationToken.None);
    }
}
