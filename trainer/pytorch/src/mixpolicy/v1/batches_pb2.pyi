from mixpolicy.v1 import decisions_pb2 as _decisions_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
PACKING_BFLOAT16: Packing
PACKING_FLOAT32: Packing
PACKING_UNSPECIFIED: Packing

class BatchDecision(_message.Message):
    __slots__ = ["batch", "bin_count", "bins", "log_probability", "method", "policy_version", "value"]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    BINS_FIELD_NUMBER: _ClassVar[int]
    BIN_COUNT_FIELD_NUMBER: _ClassVar[int]
    LOG_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    batch: int
    bin_count: int
    bins: bytes
    log_probability: float
    method: _decisions_pb2.Method
    policy_version: int
    value: float
    def __init__(self, batch: _Optional[int] = ..., bins: _Optional[bytes] = ..., bin_count: _Optional[int] = ..., method: _Optional[_Union[_decisions_pb2.Method, str]] = ..., policy_version: _Optional[int] = ..., log_probability: _Optional[float] = ..., value: _Optional[float] = ...) -> None: ...

class BatchObservation(_message.Message):
    __slots__ = ["classes", "images", "logits", "losses", "packing", "partners", "patches", "saliency"]
    CLASSES_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    LOGITS_FIELD_NUMBER: _ClassVar[int]
    LOSSES_FIELD_NUMBER: _ClassVar[int]
    PACKING_FIELD_NUMBER: _ClassVar[int]
    PARTNERS_FIELD_NUMBER: _ClassVar[int]
    PATCHES_FIELD_NUMBER: _ClassVar[int]
    SALIENCY_FIELD_NUMBER: _ClassVar[int]
    classes: int
    images: int
    logits: bytes
    losses: bytes
    packing: Packing
    partners: _containers.RepeatedScalarFieldContainer[int]
    patches: int
    saliency: bytes
    def __init__(self, images: _Optional[int] = ..., classes: _Optional[int] = ..., patches: _Optional[int] = ..., packing: _Optional[_Union[Packing, str]] = ..., saliency: _Optional[bytes] = ..., logits: _Optional[bytes] = ..., losses: _Optional[bytes] = ..., partners: _Optional[_Iterable[int]] = ..., **kwargs) -> None: ...

class BatchReward(_message.Message):
    __slots__ = ["batch", "last", "rewards"]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    REWARDS_FIELD_NUMBER: _ClassVar[int]
    batch: int
    last: bool
    rewards: bytes
    def __init__(self, batch: _Optional[int] = ..., rewards: _Optional[bytes] = ..., last: bool = ...) -> None: ...

class ExportPolicyRequest(_message.Message):
    __slots__ = ["name", "newer_than_version"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NEWER_THAN_VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    newer_than_version: int
    def __init__(self, name: _Optional[str] = ..., newer_than_version: _Optional[int] = ...) -> None: ...

class ImportPolicyRequest(_message.Message):
    __slots__ = ["name", "piece"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PIECE_FIELD_NUMBER: _ClassVar[int]
    name: str
    piece: PolicyPiece
    def __init__(self, name: _Optional[str] = ..., piece: _Optional[_Union[PolicyPiece, _Mapping]] = ...) -> None: ...

class PolicyHeader(_message.Message):
    __slots__ = ["kind", "policy_version", "sha256", "size"]
    KIND_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    kind: str
    policy_version: int
    sha256: bytes
    size: int
    def __init__(self, kind: _Optional[str] = ..., policy_version: _Optional[int] = ..., size: _Optional[int] = ..., sha256: _Optional[bytes] = ...) -> None: ...

class PolicyPiece(_message.Message):
    __slots__ = ["data", "header"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    HEADER_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    header: PolicyHeader
    def __init__(self, header: _Optional[_Union[PolicyHeader, _Mapping]] = ..., data: _Optional[bytes] = ...) -> None: ...

class SteerBatchesRequest(_message.Message):
    __slots__ = ["batch", "lease_token", "observation", "progress", "rewards", "run", "taken"]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    LEASE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    OBSERVATION_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    REWARDS_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FIELD_NUMBER: _ClassVar[int]
    batch: int
    lease_token: str
    observation: BatchObservation
    progress: float
    rewards: _containers.RepeatedCompositeFieldContainer[BatchReward]
    run: str
    taken: BatchDecision
    def __init__(self, run: _Optional[str] = ..., lease_token: _Optional[str] = ..., batch: _Optional[int] = ..., observation: _Optional[_Union[BatchObservation, _Mapping]] = ..., rewards: _Optional[_Iterable[_Union[BatchReward, _Mapping]]] = ..., progress: _Optional[float] = ..., taken: _Optional[_Union[BatchDecision, _Mapping]] = ...) -> None: ...

class SteerBatchesResponse(_message.Message):
    __slots__ = ["decision", "rewarded"]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    REWARDED_FIELD_NUMBER: _ClassVar[int]
    decision: BatchDecision
    rewarded: int
    def __init__(self, decision: _Optional[_Union[BatchDecision, _Mapping]] = ..., rewarded: _Optional[int] = ...) -> None: ...

class Packing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
