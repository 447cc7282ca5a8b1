from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
METHOD_ATTENTIVE_MIX: Method
METHOD_CO_MIXUP: Method
METHOD_CUTMIX: Method
METHOD_CUT_TOP_LEAST_PASTE: Method
METHOD_CUT_TOP_PASTE: Method
METHOD_FMIX: Method
METHOD_GRID_MIX: Method
METHOD_GUIDED_MIXUP: Method
METHOD_INPUT_MIXUP: Method
METHOD_MANIFOLD_MIXUP: Method
METHOD_PUZZLE_MIX: Method
METHOD_RESIZE_MIX: Method
METHOD_R_MIX: Method
METHOD_R_MIX_CHOOSE_LEAST: Method
METHOD_SALIENCY_MIX: Method
METHOD_SMOOTH_MIX: Method
METHOD_UNSPECIFIED: Method
METHOD_VANILLA: Method

class Choice(_message.Message):
    __slots__ = ["lambda_alpha", "lambda_value", "method", "probability", "threshold_band", "threshold_grid", "threshold_per_batch"]
    LAMBDA_ALPHA_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_VALUE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_BAND_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_GRID_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_PER_BATCH_FIELD_NUMBER: _ClassVar[int]
    lambda_alpha: float
    lambda_value: float
    method: Method
    probability: float
    threshold_band: ThresholdBand
    threshold_grid: ThresholdGrid
    threshold_per_batch: ThresholdPerBatch
    def __init__(self, method: _Optional[_Union[Method, str]] = ..., lambda_alpha: _Optional[float] = ..., lambda_value: _Optional[float] = ..., threshold_band: _Optional[_Union[ThresholdBand, _Mapping]] = ..., threshold_grid: _Optional[_Union[ThresholdGrid, _Mapping]] = ..., threshold_per_batch: _Optional[_Union[ThresholdPerBatch, _Mapping]] = ..., probability: _Optional[float] = ...) -> None: ...

class Decision(_message.Message):
    __slots__ = ["choice", "distribution", "interval", "log_probability", "name", "policy_version", "value"]
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    DISTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    LOG_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    choice: Choice
    distribution: Distribution
    interval: int
    log_probability: float
    name: str
    policy_version: int
    value: float
    def __init__(self, name: _Optional[str] = ..., interval: _Optional[int] = ..., choice: _Optional[_Union[Choice, _Mapping]] = ..., policy_version: _Optional[int] = ..., log_probability: _Optional[float] = ..., value: _Optional[float] = ..., distribution: _Optional[_Union[Distribution, _Mapping]] = ...) -> None: ...

class DecisionRecord(_message.Message):
    __slots__ = ["decide_time", "decision", "observation", "report", "report_time", "reward"]
    DECIDE_TIME_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    OBSERVATION_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    REPORT_TIME_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    decide_time: _timestamp_pb2.Timestamp
    decision: Decision
    observation: _containers.RepeatedScalarFieldContainer[float]
    report: Report
    report_time: _timestamp_pb2.Timestamp
    reward: float
    def __init__(self, decision: _Optional[_Union[Decision, _Mapping]] = ..., observation: _Optional[_Iterable[float]] = ..., report: _Optional[_Union[Report, _Mapping]] = ..., reward: _Optional[float] = ..., decide_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., report_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Distribution(_message.Message):
    __slots__ = ["methods", "threshold"]
    class BoundedBeta(_message.Message):
        __slots__ = ["alpha", "beta", "high", "log_scale", "low"]
        ALPHA_FIELD_NUMBER: _ClassVar[int]
        BETA_FIELD_NUMBER: _ClassVar[int]
        HIGH_FIELD_NUMBER: _ClassVar[int]
        LOG_SCALE_FIELD_NUMBER: _ClassVar[int]
        LOW_FIELD_NUMBER: _ClassVar[int]
        alpha: float
        beta: float
        high: float
        log_scale: bool
        low: float
        def __init__(self, alpha: _Optional[float] = ..., beta: _Optional[float] = ..., low: _Optional[float] = ..., high: _Optional[float] = ..., log_scale: bool = ...) -> None: ...
    class MethodProbability(_message.Message):
        __slots__ = ["method", "probability"]
        METHOD_FIELD_NUMBER: _ClassVar[int]
        PROBABILITY_FIELD_NUMBER: _ClassVar[int]
        method: Method
        probability: float
        def __init__(self, method: _Optional[_Union[Method, str]] = ..., probability: _Optional[float] = ...) -> None: ...
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    METHODS_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    methods: _containers.RepeatedCompositeFieldContainer[Distribution.MethodProbability]
    threshold: Distribution.BoundedBeta
    def __init__(self, methods: _Optional[_Iterable[_Union[Distribution.MethodProbability, _Mapping]]] = ..., threshold: _Optional[_Union[Distribution.BoundedBeta, _Mapping]] = ..., **kwargs) -> None: ...

class Progress(_message.Message):
    __slots__ = ["batch", "batches", "images_per_second", "interval", "running_loss"]
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    IMAGES_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    RUNNING_LOSS_FIELD_NUMBER: _ClassVar[int]
    batch: int
    batches: int
    images_per_second: float
    interval: int
    running_loss: float
    def __init__(self, interval: _Optional[int] = ..., batch: _Optional[int] = ..., batches: _Optional[int] = ..., running_loss: _Optional[float] = ..., images_per_second: _Optional[float] = ...) -> None: ...

class Report(_message.Message):
    __slots__ = ["client_reward", "decision", "fallback", "gradient_norm", "gradient_similarity", "holdout_ece", "holdout_loss", "holdout_top1", "learning_rate", "progress", "test_loss", "test_top1", "timing", "train_loss", "train_top1_weighted"]
    CLIENT_REWARD_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    FALLBACK_FIELD_NUMBER: _ClassVar[int]
    GRADIENT_NORM_FIELD_NUMBER: _ClassVar[int]
    GRADIENT_SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    HOLDOUT_ECE_FIELD_NUMBER: _ClassVar[int]
    HOLDOUT_LOSS_FIELD_NUMBER: _ClassVar[int]
    HOLDOUT_TOP1_FIELD_NUMBER: _ClassVar[int]
    LEARNING_RATE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    TEST_LOSS_FIELD_NUMBER: _ClassVar[int]
    TEST_TOP1_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    TRAIN_LOSS_FIELD_NUMBER: _ClassVar[int]
    TRAIN_TOP1_WEIGHTED_FIELD_NUMBER: _ClassVar[int]
    client_reward: float
    decision: str
    fallback: Choice
    gradient_norm: float
    gradient_similarity: float
    holdout_ece: float
    holdout_loss: float
    holdout_top1: float
    learning_rate: float
    progress: float
    test_loss: float
    test_top1: float
    timing: ReportTiming
    train_loss: float
    train_top1_weighted: float
    def __init__(self, decision: _Optional[str] = ..., fallback: _Optional[_Union[Choice, _Mapping]] = ..., progress: _Optional[float] = ..., train_loss: _Optional[float] = ..., train_top1_weighted: _Optional[float] = ..., holdout_loss: _Optional[float] = ..., holdout_top1: _Optional[float] = ..., holdout_ece: _Optional[float] = ..., gradient_norm: _Optional[float] = ..., learning_rate: _Optional[float] = ..., gradient_similarity: _Optional[float] = ..., client_reward: _Optional[float] = ..., test_loss: _Optional[float] = ..., test_top1: _Optional[float] = ..., timing: _Optional[_Union[ReportTiming, _Mapping]] = ...) -> None: ...

class ReportTiming(_message.Message):
    __slots__ = ["decide", "images", "mix", "saliency", "train"]
    DECIDE_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    MIX_FIELD_NUMBER: _ClassVar[int]
    SALIENCY_FIELD_NUMBER: _ClassVar[int]
    TRAIN_FIELD_NUMBER: _ClassVar[int]
    decide: _duration_pb2.Duration
    images: int
    mix: _duration_pb2.Duration
    saliency: _duration_pb2.Duration
    train: _duration_pb2.Duration
    def __init__(self, train: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., saliency: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., mix: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., decide: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., images: _Optional[int] = ...) -> None: ...

class ThresholdBand(_message.Message):
    __slots__ = ["center", "spread"]
    CENTER_FIELD_NUMBER: _ClassVar[int]
    SPREAD_FIELD_NUMBER: _ClassVar[int]
    center: float
    spread: float
    def __init__(self, center: _Optional[float] = ..., spread: _Optional[float] = ...) -> None: ...

class ThresholdGrid(_message.Message):
    __slots__ = ["points"]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    points: int
    def __init__(self, points: _Optional[int] = ...) -> None: ...

class ThresholdPerBatch(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Method(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
