using System.Runtime.InteropServices;

namespace MixPolicy.Trainer.Commands;

/// <summary>Ctrl-C and SIGTERM: the first asks the training to stop, the second ends the process as usual.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    internal Interruption(TextWriter output)
    {
        void Stop(PosixSignalContext context)
        {
            if (!_source.IsCancellationRequested)
            {
                context.Cancel = true;
                output.WriteLine("Stopping after this batch. Once more to stop at once.");
                _source.Cancel();
            }
        }

        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];
    }

    internal CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _source.Dispose();
    }
}
