from google.protobuf import timestamp_pb2 as _timestamp_pb2
from mixpolicy.v1 import decisions_pb2 as _decisions_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
REWARD_CLIENT: Reward
REWARD_GRADIENT_SIMILARITY: Reward
REWARD_HELD_OUT_IMPROVEMENT: Reward
REWARD_LOSS_DROP: Reward
REWARD_UNSPECIFIED: Reward

class ActionSpace(_message.Message):
    __slots__ = ["methods", "threshold"]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    METHODS_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    methods: _containers.RepeatedScalarFieldContainer[_decisions_pb2.Method]
    threshold: ThresholdSpace
    def __init__(self, methods: _Optional[_Iterable[_Union[_decisions_pb2.Method, str]]] = ..., threshold: _Optional[_Union[ThresholdSpace, _Mapping]] = ..., **kwargs) -> None: ...

class Agent(_message.Message):
    __slots__ = ["batches", "create_time", "decisions", "name", "policy_version", "reports", "spec"]
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    batches: int
    create_time: _timestamp_pb2.Timestamp
    decisions: int
    name: str
    policy_version: int
    reports: int
    spec: AgentSpec
    def __init__(self, name: _Optional[str] = ..., spec: _Optional[_Union[AgentSpec, _Mapping]] = ..., create_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., policy_version: _Optional[int] = ..., decisions: _Optional[int] = ..., reports: _Optional[int] = ..., batches: _Optional[int] = ...) -> None: ...

class AgentSpec(_message.Message):
    __slots__ = ["action_space", "bandit", "fixed", "frozen", "ppo", "random", "reward", "rl_mix", "rl_mix_set", "schedule", "seed"]
    ACTION_SPACE_FIELD_NUMBER: _ClassVar[int]
    BANDIT_FIELD_NUMBER: _ClassVar[int]
    FIXED_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    PPO_FIELD_NUMBER: _ClassVar[int]
    RANDOM_FIELD_NUMBER: _ClassVar[int]
    REWARD_FIELD_NUMBER: _ClassVar[int]
    RL_MIX_FIELD_NUMBER: _ClassVar[int]
    RL_MIX_SET_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    action_space: ActionSpace
    bandit: BanditPolicy
    fixed: FixedPolicy
    frozen: bool
    ppo: PpoPolicy
    random: RandomPolicy
    reward: Reward
    rl_mix: RlMixPolicy
    rl_mix_set: RlMixSetPolicy
    schedule: SchedulePolicy
    seed: int
    def __init__(self, action_space: _Optional[_Union[ActionSpace, _Mapping]] = ..., ppo: _Optional[_Union[PpoPolicy, _Mapping]] = ..., random: _Optional[_Union[RandomPolicy, _Mapping]] = ..., fixed: _Optional[_Union[FixedPolicy, _Mapping]] = ..., schedule: _Optional[_Union[SchedulePolicy, _Mapping]] = ..., bandit: _Optional[_Union[BanditPolicy, _Mapping]] = ..., rl_mix: _Optional[_Union[RlMixPolicy, _Mapping]] = ..., rl_mix_set: _Optional[_Union[RlMixSetPolicy, _Mapping]] = ..., reward: _Optional[_Union[Reward, str]] = ..., seed: _Optional[int] = ..., frozen: bool = ...) -> None: ...

class BanditPolicy(_message.Message):
    __slots__ = ["discount", "lambda_bins", "threshold_bins"]
    DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_BINS_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_BINS_FIELD_NUMBER: _ClassVar[int]
    discount: float
    lambda_bins: int
    threshold_bins: int
    def __init__(self, lambda_bins: _Optional[int] = ..., threshold_bins: _Optional[int] = ..., discount: _Optional[float] = ...) -> None: ...

class FixedPolicy(_message.Message):
    __slots__ = ["choice"]
    CHOICE_FIELD_NUMBER: _ClassVar[int]
    choice: _decisions_pb2.Choice
    def __init__(self, choice: _Optional[_Union[_decisions_pb2.Choice, _Mapping]] = ...) -> None: ...

class LambdaSpace(_message.Message):
    __slots__ = ["kind", "max", "min"]
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ALPHA: LambdaSpace.Kind
    KIND_FIELD_NUMBER: _ClassVar[int]
    KIND_UNSPECIFIED: LambdaSpace.Kind
    MAX_FIELD_NUMBER: _ClassVar[int]
    MIN_FIELD_NUMBER: _ClassVar[int]
    VALUE: LambdaSpace.Kind
    kind: LambdaSpace.Kind
    max: float
    min: float
    def __init__(self, kind: _Optional[_Union[LambdaSpace.Kind, str]] = ..., min: _Optional[float] = ..., max: _Optional[float] = ...) -> None: ...

class PpoPolicy(_message.Message):
    __slots__ = ["clip", "entropy", "epochs", "gae_lambda", "gamma", "learning_rate", "minibatch", "rollout", "value_coefficient"]
    CLIP_FIELD_NUMBER: _ClassVar[int]
    ENTROPY_FIELD_NUMBER: _ClassVar[int]
    EPOCHS_FIELD_NUMBER: _ClassVar[int]
    GAE_LAMBDA_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    LEARNING_RATE_FIELD_NUMBER: _ClassVar[int]
    MINIBATCH_FIELD_NUMBER: _ClassVar[int]
    ROLLOUT_FIELD_NUMBER: _ClassVar[int]
    VALUE_COEFFICIENT_FIELD_NUMBER: _ClassVar[int]
    clip: float
    entropy: float
    epochs: int
    gae_lambda: float
    gamma: float
    learning_rate: float
    minibatch: int
    rollout: int
    value_coefficient: float
    def __init__(self, rollout: _Optional[int] = ..., gamma: _Optional[float] = ..., gae_lambda: _Optional[float] = ..., learning_rate: _Optional[float] = ..., epochs: _Optional[int] = ..., minibatch: _Optional[int] = ..., clip: _Optional[float] = ..., entropy: _Optional[float] = ..., value_coefficient: _Optional[float] = ...) -> None: ...

class RandomPolicy(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class RlMixPolicy(_message.Message):
    __slots__ = ["bins", "classes", "images", "lambda_alpha", "patches", "ppo", "update_lag"]
    BINS_FIELD_NUMBER: _ClassVar[int]
    CLASSES_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_ALPHA_FIELD_NUMBER: _ClassVar[int]
    PATCHES_FIELD_NUMBER: _ClassVar[int]
    PPO_FIELD_NUMBER: _ClassVar[int]
    UPDATE_LAG_FIELD_NUMBER: _ClassVar[int]
    bins: int
    classes: int
    images: int
    lambda_alpha: float
    patches: int
    ppo: PpoPolicy
    update_lag: int
    def __init__(self, images: _Optional[int] = ..., classes: _Optional[int] = ..., patches: _Optional[int] = ..., bins: _Optional[int] = ..., lambda_alpha: _Optional[float] = ..., ppo: _Optional[_Union[PpoPolicy, _Mapping]] = ..., update_lag: _Optional[int] = ...) -> None: ...

class RlMixSetPolicy(_message.Message):
    __slots__ = ["bins", "choose_method", "lambda_alpha", "patches", "ppo", "update_lag"]
    BINS_FIELD_NUMBER: _ClassVar[int]
    CHOOSE_METHOD_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_ALPHA_FIELD_NUMBER: _ClassVar[int]
    PATCHES_FIELD_NUMBER: _ClassVar[int]
    PPO_FIELD_NUMBER: _ClassVar[int]
    UPDATE_LAG_FIELD_NUMBER: _ClassVar[int]
    bins: int
    choose_method: bool
    lambda_alpha: float
    patches: int
    ppo: PpoPolicy
    update_lag: int
    def __init__(self, patches: _Optional[int] = ..., bins: _Optional[int] = ..., lambda_alpha: _Optional[float] = ..., choose_method: bool = ..., ppo: _Optional[_Union[PpoPolicy, _Mapping]] = ..., update_lag: _Optional[int] = ...) -> None: ...

class SchedulePolicy(_message.Message):
    __slots__ = ["entries"]
    class Entry(_message.Message):
        __slots__ = ["choice", "from_interval"]
        CHOICE_FIELD_NUMBER: _ClassVar[int]
        FROM_INTERVAL_FIELD_NUMBER: _ClassVar[int]
        choice: _decisions_pb2.Choice
        from_interval: int
        def __init__(self, from_interval: _Optional[int] = ..., choice: _Optional[_Union[_decisions_pb2.Choice, _Mapping]] = ...) -> None: ...
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[SchedulePolicy.Entry]
    def __init__(self, entries: _Optional[_Iterable[_Union[SchedulePolicy.Entry, _Mapping]]] = ...) -> None: ...

class ThresholdSpace(_message.Message):
    __slots__ = ["max", "min", "spread"]
    MAX_FIELD_NUMBER: _ClassVar[int]
    MIN_FIELD_NUMBER: _ClassVar[int]
    SPREAD_FIELD_NUMBER: _ClassVar[int]
    max: float
    min: float
    spread: float
    def __init__(self, min: _Optional[float] = ..., max: _Optional[float] = ..., spread: _Optional[float] = ...) -> None: ...

class Reward(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
