from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from mixpolicy.v1 import decisions_pb2 as _decisions_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
RUN_STATE_ACTIVE: RunState
RUN_STATE_FINISHED: RunState
RUN_STATE_STALE: RunState
RUN_STATE_UNSPECIFIED: RunState

class Lease(_message.Message):
    __slots__ = ["duration", "expire_time", "token"]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    duration: _duration_pb2.Duration
    expire_time: _timestamp_pb2.Timestamp
    token: str
    def __init__(self, token: _Optional[str] = ..., duration: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., expire_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PolicyUpdate(_message.Message):
    __slots__ = ["diagnostics", "policy_version"]
    class DiagnosticsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    DIAGNOSTICS_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    diagnostics: _containers.ScalarMap[str, float]
    policy_version: int
    def __init__(self, policy_version: _Optional[int] = ..., diagnostics: _Optional[_Mapping[str, float]] = ...) -> None: ...

class Run(_message.Message):
    __slots__ = ["create_time", "decisions", "finish_time", "name", "reports", "spec", "state", "update_time"]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    FINISH_TIME_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    create_time: _timestamp_pb2.Timestamp
    decisions: int
    finish_time: _timestamp_pb2.Timestamp
    name: str
    reports: int
    spec: RunSpec
    state: RunState
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., spec: _Optional[_Union[RunSpec, _Mapping]] = ..., state: _Optional[_Union[RunState, str]] = ..., create_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., finish_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., decisions: _Optional[int] = ..., reports: _Optional[int] = ...) -> None: ...

class RunEvent(_message.Message):
    __slots__ = ["decision", "progress", "reported", "run", "sequence", "state", "time", "update"]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    REPORTED_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    decision: _decisions_pb2.Decision
    progress: _decisions_pb2.Progress
    reported: _decisions_pb2.DecisionRecord
    run: str
    sequence: int
    state: RunState
    time: _timestamp_pb2.Timestamp
    update: PolicyUpdate
    def __init__(self, run: _Optional[str] = ..., sequence: _Optional[int] = ..., time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[RunState, str]] = ..., decision: _Optional[_Union[_decisions_pb2.Decision, _Mapping]] = ..., reported: _Optional[_Union[_decisions_pb2.DecisionRecord, _Mapping]] = ..., progress: _Optional[_Union[_decisions_pb2.Progress, _Mapping]] = ..., update: _Optional[_Union[PolicyUpdate, _Mapping]] = ...) -> None: ...

class RunSpec(_message.Message):
    __slots__ = ["classes", "dataset", "initial_holdout_loss", "intervals", "labels", "network", "peak_learning_rate"]
    class LabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CLASSES_FIELD_NUMBER: _ClassVar[int]
    DATASET_FIELD_NUMBER: _ClassVar[int]
    INITIAL_HOLDOUT_LOSS_FIELD_NUMBER: _ClassVar[int]
    INTERVALS_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    PEAK_LEARNING_RATE_FIELD_NUMBER: _ClassVar[int]
    classes: int
    dataset: str
    initial_holdout_loss: float
    intervals: int
    labels: _containers.ScalarMap[str, str]
    network: str
    peak_learning_rate: float
    def __init__(self, intervals: _Optional[int] = ..., classes: _Optional[int] = ..., initial_holdout_loss: _Optional[float] = ..., peak_learning_rate: _Optional[float] = ..., dataset: _Optional[str] = ..., network: _Optional[str] = ..., labels: _Optional[_Mapping[str, str]] = ...) -> None: ...

class RunState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
