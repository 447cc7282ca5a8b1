using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Hosting;
using MixPolicy.Agent.Security.Commands;
using MixPolicy.Agent.Telemetry;
using MixPolicy.Torch;

if (CommandLine.AsksForHelp(args) && !AdministratorCommands.Has(args))
{
    Console.Write(CommandLine.Help());
    return 0;
}

if (AdministratorCommands.Has(args))
{
    return await AdministratorCommands.RunAsync(args, CommandLine.Sources(), Console.Out, Console.Error);
}

var checksHealth = args.FirstOrDefault() == HealthQuestion.Command;
try
{
    var options = CommandLine.Read(checksHealth ? args[1..] : args, CommandLine.Sources());
    if (checksHealth)
    {
        return await HealthQuestion.AskAsync(options, Console.Out);
    }

    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
    builder.Logging.ClearProviders();
    if (OtlpExport.IsOn())
    {
        builder.Services.AddOpenTelemetry().SendMixPolicy(ServiceLog.ServiceName);
    }

    var runtime = TorchRuntime.Load();
    await using var application = AgentApplication.Build(builder, options, TimeProvider.System);
    TorchRemarks.Log(application.Logger, runtime);
    await application.RunAsync();
    return 0;
}
catch (Exception e) when (e is SettingsException or MixPolicy.Torch.Native.TorchLoadException or IOException or InvalidDataException)
{
    // What a user can put right: a setting, a port in use, a library that is missing.
    await Console.Error.WriteLineAsync(e.Message);
    // Container engines know 0 and 1 of a health check.
    return checksHealth ? 1 : 2;
}
