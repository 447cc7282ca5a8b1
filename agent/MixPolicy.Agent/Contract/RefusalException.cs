using Google.Protobuf;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace MixPolicy.Agent.Contract;

/// <summary>A call that the contract refuses. Holds what the client gets, word for word, and crosses grain calls.</summary>
[GenerateSerializer, Alias("mixpolicy.refusal")]
public sealed class RefusalException(RpcStatus status) : Exception(status.Message)
{
    [Id(0)]
    private readonly byte[] _status = status.ToByteArray();

    /// <summary>The refusal as it goes over the wire.</summary>
    public RpcStatus Status => RpcStatus.Parser.ParseFrom(_status);

    public StatusCode Code => (StatusCode)Status.Code;
}
