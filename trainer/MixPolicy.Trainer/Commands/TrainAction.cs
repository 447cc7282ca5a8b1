using System.Globalization;
using MixPolicy.Client;
using MixPolicy.Torch;
using MixPolicy.Torch.Devices;
using MixPolicy.Trainer.Display;
using MixPolicy.Trainer.Loop;
using MixPolicy.Trainer.Policy;
using MixPolicy.Trainer.Policy.Batches;
using MixPolicy.Trainer.Records;
using MixPolicy.Trainer.Reporting;
using MixPolicy.Trainer.Telemetry;
using Spectre.Console;

namespace MixPolicy.Trainer.Commands;

/// <summary>Runs one training from the request to the report.</summary>
internal static class TrainAction
{
    internal static async Task<int> RunAsync(TrainRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!request.Resume)
        {
            await PolicyFromRules.CheckAgentAsync(request.Settings, time, cancellationToken);
        }

        var folder = new RunFolder(request.Folder);
        using var here = folder.Lock();
        try
        {
            return await RunAsync(request.Settings, request.Resume, folder, time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"Stopped. To go on: --resume {request.Folder}");
            throw;
        }
        catch (Exception e) when (e is not UsageException)
        {
            await File.WriteAllTextAsync(folder.ErrorLog, e + "\n", CancellationToken.None);
            throw;
        }
    }

    private static async Task<int> RunAsync(TrainSettings settings, bool resume, RunFolder folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var device = TorchDevices.Choose(settings.Device);
        await using var model = await ModelHost.StartAsync(settings, device, time, cancellationToken);
        ITrainingDisplay display = AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected ? new TerminalDisplay(AnsiConsole.Console) : new PlainDisplay(Console.Out);
        var checkpoints = new Checkpoints(folder);
        var state = resume ? await model.RunAsync(session => checkpoints.Restore(session, refused => display.Warn($"passed over the checkpoint {refused.Folder}: {refused.Reason}")), cancellationToken) : null;
        var ticket = folder.ReadTicket() ?? RunTicket.New();
        if (state?.Epochs.Count == settings.Epochs && ticket.Finished && File.Exists(folder.Report))
        {
            display.Note($"The run in {folder.Path} is finished; its report: {folder.Report}");
            return 0;
        }

        BatchPolicyRules.CheckImages(settings, model.Images.Train);
        folder.WriteSettings(settings);
        foreach (var remark in TorchRuntime.Load().Remarks)
        {
            display.Note(remark);
        }

        display.Note(Opening(settings, device.type.ToString().ToLowerInvariant(), model, state, folder));
        await using var service = await EmbeddedAgent.StartAsync(settings, folder, cancellationToken);
        using var channel = service.Open();
        var client = new V1.PolicyService.PolicyServiceClient(channel);
        await using var agent = new AgentSession(client, RunPlans.Of(settings, model.Data.Classes.Count, ticket.Launch), new()
        {
            Ticket = ticket,
            KeepTicket = folder.WriteTicket,
            Backlog = state is null ? Backlog.Empty() : Backlog.From(state.Backlog),
            LastChoice = state?.Epochs[^1].ReadChoice() ?? (BatchPolicyNames.Has(settings.Policy) ? LibraryChoices.PerBatch : null),
            Patience = TimeSpan.FromSeconds(settings.AgentPatience),
            Notice = display.Warn,
            Time = time,
        });
        using var batches = BatchPolicyNames.Has(settings.Policy) ? new BatchSteering(agent, BatchSteeringPlan.Of(settings), state?.Batches ?? BatchSteeringState.Start) : null;
        await using var uploads = new PictureUploads(client, agent, display.Warn, time);
        using var metrics = new TrainerMetrics();
        var loop = new TrainingLoop(settings, folder, model, checkpoints, agent, batches, uploads, display, metrics, state ?? new([], agent.Backlog.State(), 0, 0), time);
        var (trained, finished) = await display.ShowAsync(() => loop.RunAsync(cancellationToken));
        var updates = finished ? await agent.ReadUpdatesAsync(cancellationToken) : [];
        var summary = Summarise(trained, settings, device.type.ToString().ToLowerInvariant());
        summary.Write(folder.Summary);
        var pictures = await model.RunAsync(session => PictureSheet.Take(session, checkpoints, trained.Epochs), cancellationToken);
        HtmlReport.Write(folder.Report, new(summary, trained.Epochs, updates, pictures));
        if (!finished)
        {
            display.Warn($"The agent has not got the end of the run. To tell it later: --resume {folder.Path}");
        }

        display.Note(string.Create(CultureInfo.InvariantCulture, $"test top-1 {summary.TestTop1:0.0%}, top-5 {summary.TestTop5:0.0%} at the best epoch, {summary.BestEpoch}; {EpochLine.Duration(TimeSpan.FromSeconds(summary.Seconds))} in all"));
        display.Note($"report: {folder.Report}");
        return 0;
    }

    private static string Opening(TrainSettings settings, string device, ModelHost model, TrainingState? state, RunFolder folder)
    {
        var (train, heldOut, test) = model.Images;
        var begin = state is null ? "" : $", going on after epoch {state.Epochs.Count} of {settings.Epochs}";
        return $"{settings.Dataset}: {train} training, {heldOut} held-out, {test} test images; {settings.Model} on {device}; policy {settings.Policy}, seed {settings.Seed}{begin}; writing to {folder.Path}";
    }

    private static Summary Summarise(TrainingState trained, TrainSettings settings, string device)
    {
        var best = trained.Epochs[trained.BestEpoch].Metrics;
        return new(best.Epoch, best.TestTop1, best.TestTop5, best.Ece, trained.Epochs.Count(e => e.Metrics is { Fallback: false, MixupOff: false }), trained.Seconds, device, Summary.SourceCommit(), settings);
    }
}
