using Grpc.Core;

namespace MixPolicy.Agent.Front;

/// <summary>Writing to a stream that may be told to end.</summary>
internal static class StreamWriting
{
    /// <summary>
    /// Writes <paramref name="message"/> to the end and then looks whether it is time to go. A token given to the framework's own WriteAsync resets the stream, and a
    /// write that is left behind meets the status that ends the call: in both cases a client whose message was on its way when the service stopped would see
    /// CANCELLED or INTERNAL and not UNAVAILABLE. One that does not read is cut off when the service has waited long enough.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing more may be written.</exception>
    public static async Task SendAsync<T>(this IServerStreamWriter<T> stream, T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await stream.WriteAsync(message, CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
