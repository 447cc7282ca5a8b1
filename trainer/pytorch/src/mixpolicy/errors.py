"""What can go wrong, in words for the user."""

from __future__ import annotations

import grpc


class MixPolicyError(Exception):
    """Something the user can put right. The message says what it is."""


class Unreachable(MixPolicyError):
    """The service is away, stopping or in trouble of its own: the same call may succeed later. Every call of the contract can be repeated."""


class Refused(MixPolicyError):
    """The service refused a call: repeating it does not help."""

    def __init__(self, message: str, code: grpc.StatusCode) -> None:
        super().__init__(message)
        self.code = code
        """The gRPC status."""


_TRANSIENT = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}

_ADVICE = {
    grpc.StatusCode.UNAUTHENTICATED: "; give a key of the service: key=..., or MIXPOLICY_KEY or MIXPOLICY_KEY_FILE in the environment",
    grpc.StatusCode.PERMISSION_DENIED: "; the key must have the role trainer, and agents and runs of other owners are not yours to drive",
    grpc.StatusCode.UNIMPLEMENTED: "; is this the gRPC port (5080) of a MixPolicy service, of this client's version?",
}


def translated(error: grpc.RpcError, address: str) -> MixPolicyError:
    """The error of a call as one of ours."""
    code: grpc.StatusCode = error.code()
    text = " ".join((error.details() or "no details").split())
    if code in _TRANSIENT:
        return Unreachable(f"the service at {address} cannot be reached or does not answer: {text} ({code.name})")
    return Refused(f"the service at {address} refused: {text} ({code.name}){_ADVICE.get(code, '')}", code)
