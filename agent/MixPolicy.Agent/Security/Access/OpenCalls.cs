using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using MixPolicy.Agent.Log;

namespace MixPolicy.Agent.Security.Access;

/// <summary>The requests that are being served under keys, so that those of a key that stops working can be ended: streams stay open for days. Thread-safe.</summary>
internal sealed class OpenCalls(OwnerCalls owners)
{
    private readonly ConcurrentDictionary<OpenCall, bool> _calls = new();

    /// <summary>Ids of the keys that requests are open under.</summary>
    public IReadOnlyCollection<string> Keys => [.. _calls.Keys.Select(call => call.Key).Distinct()];

    /// <summary>Middleware, after authentication. Makes the caller known to the grains too.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var caller = context.FindCaller();
        Caller.Current = caller;
        if (caller is not { KeyId: { } key, Owner: { } owner })
        {
            await next(context);
            return;
        }

        if (!owners.TryEnter(owner))
        {
            // As a service that is busy: clients wait and repeat, where they would take another code for the end of a training.
            await Refusals.WriteAsync(
                context, StatusCode.Unavailable, HttpStatusCode.ServiceUnavailable,
                $"{owner} has {owners.Most} calls and streams open, as many as one owner may have (half of MaxConnections). Retry when some have ended.");
            return;
        }

        using var call = new OpenCall(context, key);
        _calls[call] = true;
        try
        {
            await next(context);
        }
        finally
        {
            _calls.TryRemove(call, out _);
            owners.Leave(owner);
        }
    }

    /// <summary>Ends what is open under a key.</summary>
    /// <param name="fault">See <see cref="KeyRow.Fault"/>.</param>
    public void End(string key, string fault)
    {
        foreach (var (call, _) in _calls)
        {
            if (call.Key == key)
            {
                call.End(fault);
            }
        }
    }
}

/// <summary>One request, and the end it may be given. A gRPC call ends with a status, anything else with its connection.</summary>
internal sealed class OpenCall : IDisposable
{
    private readonly HttpContext _context;
    private readonly CancellationTokenSource _ending;
    private readonly bool _isGrpc;
    private bool _isOver;

    public OpenCall(HttpContext context, string key)
    {
        (_context, _isGrpc, Key) = (context, context.IsGrpc(), key);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        context.RequestAborted = _ending.Token;
        context.Features.Set(this);
    }

    public string Key { get; }

    /// <summary>Why it was ended, or null if it was not.</summary>
    public string? Fault { get; private set; }

    public void End(string fault)
    {
        Fault = fault;
        if (_isGrpc)
        {
            try
            {
                _ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself just now.
            }

            return;
        }

        lock (_ending)
        {
            // Once it is over, its connection serves the next.
            if (!_isOver)
            {
                _context.Abort();
            }
        }
    }

    public void Dispose()
    {
        lock (_ending)
        {
            _isOver = true;
        }

        _ending.Dispose();
    }
}
