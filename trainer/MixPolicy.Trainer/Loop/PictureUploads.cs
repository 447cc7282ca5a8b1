using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using MixPolicy.Client;
using MixPolicy.Trainer.Reporting;
using MixPolicy.Trainer.Reporting.Sheets;
using MixPolicy.V1;

namespace MixPolicy.Trainer.Loop;

/// <summary>
/// Shows the service what was mixed: a sheet of pictures an epoch, drawn and sent in the background. Nothing depends on it, so nothing waits for it: a sheet that cannot be
/// sent is dropped, and the next one takes the place of one that is still waiting.
/// </summary>
internal sealed class PictureUploads : IAsyncDisposable
{
    private const int LargestPiece = 256 * 1024;

    // Fit beside each other.
    private const int PicturesShown = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // At the end, for the last sheet.
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(5);

    private readonly PolicyService.PolicyServiceClient _client;
    private readonly AgentSession _agent;
    private readonly Action<string> _notice;
    private readonly TimeProvider _time;
    private readonly Channel<Sheet> _sheets = Channel.CreateBounded<Sheet>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _sender;

    /// <param name="notice">Told once that pictures do not get through, in words for the terminal.</param>
    public PictureUploads(PolicyService.PolicyServiceClient client, AgentSession agent, Action<string> notice, TimeProvider time)
    {
        (_client, _agent, _notice, _time) = (client, agent, notice, time);
        _sender = Task.Run(SendAllAsync);
    }

    /// <summary>Whether an epoch's pictures are worth taking: it was mixed as the agent decided.</summary>
    public static bool Wants(Steering steering) => !steering.Deviates && steering.Choice.Method != Method.Vanilla;

    /// <summary>Takes a sheet to send. Never waits.</summary>
    public void Offer(int epoch, string method, MixedPictures pictures) => _sheets.Writer.TryWrite(new(epoch, method, pictures));

    /// <summary>Sends what is waiting, for some seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        _sheets.Writer.TryComplete();
        _closing.CancelAfter(LastPatience);
        await _sender;
        _closing.Dispose();
    }

    private async Task SendAllAsync()
    {
        var told = false;
        await foreach (var sheet in _sheets.Reader.ReadAllAsync())
        {
            try
            {
                await SendAsync(sheet, _closing.Token);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException or InvalidOperationException or IOException)
            {
                if (!told && !_closing.IsCancellationRequested)
                {
                    told = true;
                    _notice($"The pictures of epoch {sheet.Epoch} were not taken by the agent, which changes nothing else: {RpcErrors.Reason(e)}");
                }
            }
        }
    }

    private async Task SendAsync(Sheet sheet, CancellationToken cancellationToken)
    {
        if (_agent.LeaseToken is not { } lease)
        {
            return;
        }

        var data = PreviewSheet.Draw(
            string.Create(CultureInfo.InvariantCulture, $"epoch {sheet.Epoch}"), [new(sheet.Method, InAscii(sheet.Pictures.Setting), [.. sheet.Pictures.Examples.Take(PicturesShown)])]);
        using var call = _client.UploadArtifact(deadline: _time.GetUtcNow().UtcDateTime + Patience, cancellationToken: cancellationToken);
        try
        {
            for (var at = 0; at < data.Length; at += LargestPiece)
            {
                await call.RequestStream.WriteAsync(
                    new()
                    {
                        Header = at == 0 ? Header(sheet, lease, data) : null,
                        Data = UnsafeByteOperations.UnsafeWrap(data.AsMemory(at, Math.Min(LargestPiece, data.Length - at))),
                    },
                    cancellationToken);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // Answered before all was sent: because it is there already, or refused. The answer says which.
        }

        await call;
    }

    private ArtifactHeader Header(Sheet sheet, string lease, byte[] data) => new()
    {
        Run = _agent.RunName,
        LeaseToken = lease,
        ArtifactId = string.Create(CultureInfo.InvariantCulture, $"mixed-{sheet.Epoch:000000}"),
        Interval = sheet.Epoch,
        MediaType = "image/png",
        Size = data.Length,
        Sha256 = ByteString.CopyFrom(SHA256.HashData(data)),
        Caption = sheet.Pictures.Setting,
        Labels = { ["method"] = sheet.Method, ["kind"] = "mixed" },
    };

    /// <summary>The letters of pictures are few.</summary>
    private static string InAscii(string text) =>
        text.Replace("α", "alpha", StringComparison.Ordinal).Replace("λ", "lambda", StringComparison.Ordinal).Replace("±", "+-", StringComparison.Ordinal);

    private sealed record Sheet(int Epoch, string Method, MixedPictures Pictures);
}
