using MixPolicy.Cli;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};
return await Tool.RunAsync(args, Console.Out, Console.Error, stop.Token);
