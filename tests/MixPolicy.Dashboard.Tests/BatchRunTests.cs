using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Playwright;
using MixPolicy.V1;
using static Microsoft.Playwright.Assertions;

namespace MixPolicy.Dashboard.Tests;

/// <summary>The page of a run that decides batch by batch, with a picture, whose trainer goes away.</summary>
public sealed class BatchRunTests(Browser browser)
{
    private const int Images = 4;
    private const int Classes = 3;
    private const int Patches = 2;

    // Red and blue, two pixels.
    private static readonly byte[] Picture = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg==");

    [Fact]
    public async Task Run_OfBatches_ShowsThemAndItsPictures_AndThatItsTrainerIsGone()
    {
        await using var tab = await browser.OpenAsync();
        await using var service = await DashboardService.StartAsync();
        await service.Client.CreateAgentAsync(new() { AgentId = "set", Spec = new() { RlMixSet = new() { Patches = Patches, Ppo = new() { Rollout = 8 } }, Seed = 1 } });
        var started = await service.Client.StartRunAsync(new()
        {
            Parent = "agents/set",
            RunId = "r",
            LeaseDuration = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
            Spec = new() { Intervals = 5, Classes = Classes, PeakLearningRate = 0.1, Dataset = "shapes" },
        });
        await service.Client.DecideAsync(new() { Run = started.Run.Name, LeaseToken = started.Lease.Token });
        await SteerAsync(service.Client, started, batches: 40);
        await UploadAsync(service.Client, started);

        await tab.GoAsync(service, $"/{started.Run.Name}");

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Batches", Exact = true })).ToBeVisibleAsync();
        await tab.ChartsAsync(2);
        await Expect(tab.Page.Locator("section[aria-labelledby=batches] figure").GetByRole(AriaRole.Img).First).ToHaveAccessibleNameAsync(new System.Text.RegularExpressions.Regex("at 38|at 39"));
        var picture = tab.Page.GetByRole(AriaRole.Img, new() { Name = "Two pixels" });
        await picture.ScrollIntoViewIfNeededAsync();
        await tab.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('.pictures img')].some(image => image.naturalWidth === 2)");
        await Expect(tab.Page.GetByText("stale", new() { Exact = true })).ToBeVisibleAsync();
        tab.ShouldHaveNoComplaints();
    }

    private static async Task SteerAsync(PolicyService.PolicyServiceClient client, StartRunResponse started, int batches)
    {
        using var stream = client.SteerBatches();
        var random = new Random(1);
        for (var batch = 0; batch < batches; batch++)
        {
            var request = new SteerBatchesRequest
            {
                Run = started.Run.Name,
                LeaseToken = started.Lease.Token,
                Batch = batch,
                Observation = new()
                {
                    Images = Images,
                    Classes = Classes,
                    Patches = Patches,
                    Saliency = Packed(Enumerable.Repeat(1f / (Patches * Patches), Images * Patches * Patches)),
                    Logits = Packed(Enumerable.Range(0, Images * Classes).Select(_ => random.NextSingle())),
                    Losses = Packed(Enumerable.Range(0, Images).Select(_ => random.NextSingle())),
                    Partners = { 1, 0, 3, 2 },
                    Lambda = 0.4,
                },
            };
            if (batch > 0)
            {
                request.Rewards.Add(new BatchReward { Batch = batch - 1, Rewards = Packed([random.NextSingle()]) });
            }

            await stream.RequestStream.WriteAsync(request);
            (await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken)).ShouldBeTrue();
        }

        await stream.RequestStream.CompleteAsync();
    }

    private static async Task UploadAsync(PolicyService.PolicyServiceClient client, StartRunResponse started)
    {
        using var upload = client.UploadArtifact();
        await upload.RequestStream.WriteAsync(new()
        {
            Header = new()
            {
                Run = started.Run.Name,
                LeaseToken = started.Lease.Token,
                ArtifactId = "p",
                MediaType = "image/png",
                Size = Picture.Length,
                Sha256 = ByteString.CopyFrom(SHA256.HashData(Picture)),
                Caption = "Two pixels",
            },
            Data = ByteString.CopyFrom(Picture),
        });
        await upload.RequestStream.CompleteAsync();
        await upload;
    }

    private static ByteString Packed(IEnumerable<float> numbers) => ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(numbers.ToArray()));
}
