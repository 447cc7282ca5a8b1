using Grpc.Core;

namespace MixPolicy.Agent.Front;

/// <summary>Writing to a stream that may be told to end.</summary>
internal static class StreamWriting
{
    /// <summary>
    /// Writes <paramref name="message"/>, and stops waiting for it when cancelled. A token given to the framework's own WriteAsync resets the stream instead,
    /// so that a client whose message was on its way when the service stopped saw CANCELLED, which it does not retry, and not UNAVAILABLE.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing more may be written.</exception>
    public static Task SendAsync<T>(this IServerStreamWriter<T> stream, T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return stream.WriteAsync(message, CancellationToken.None).WaitAsync(cancellationToken);
    }
}
