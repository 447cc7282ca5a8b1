"""Specs of agents, for those who do not want to write protobuf."""

from __future__ import annotations

from collections.abc import Sequence

from mixpolicy.decision import METHODS
from mixpolicy.errors import MixPolicyError
from mixpolicy.v1 import agents_pb2, decisions_pb2

_REWARDS = {
    "held-out": agents_pb2.REWARD_UNSPECIFIED,
    "gradient-similarity": agents_pb2.REWARD_GRADIENT_SIMILARITY,
    "loss-drop": agents_pb2.REWARD_LOSS_DROP,
    "client": agents_pb2.REWARD_CLIENT,
}


def agent_spec(
    policy: str = "ppo",
    methods: Sequence[str] = ("vanilla", "input-mixup", "cutmix", "rmix"),
    *,
    reward: str = "held-out",
    seed: int = 0,
    frozen: bool = False,
) -> agents_pb2.AgentSpec:
    """The spec of an agent. What it leaves out takes the service's defaults; for more, fill an ``AgentSpec`` of :mod:`mixpolicy.v1` yourself.

    :param policy: ppo (learns), random, fixed (always the first method, as published), or bandit (learns).
    :param methods: Names of :data:`mixpolicy.METHODS` to choose from.
    :param reward: What it learns from: held-out (improvement of ``holdout_loss``), loss-drop (of ``train_loss``), gradient-similarity or client (what the reports give).
    :param seed: Of every draw of the policy, in [0, 2^64).
    :param frozen: It decides and never learns.
    """
    unknown = [name for name in methods if name not in METHODS]
    if unknown or not methods:
        raise MixPolicyError(f"methods is {list(methods)!r}; allowed: one or more of {', '.join(METHODS)}")
    if reward not in _REWARDS:
        raise MixPolicyError(f"reward is {reward!r}; allowed: {', '.join(_REWARDS)}")
    if not 0 <= seed < 2**64:
        raise MixPolicyError(f"seed is {seed}; allowed: [0, 2^64)")
    numbers = [METHODS[name] for name in methods]
    spec = agents_pb2.AgentSpec(action_space=agents_pb2.ActionSpace(methods=numbers), reward=_REWARDS[reward], seed=seed, frozen=frozen)
    if policy == "ppo":
        spec.ppo.SetInParent()
    elif policy == "random":
        spec.random.SetInParent()
    elif policy == "bandit":
        spec.bandit.SetInParent()
    elif policy == "fixed":
        spec.fixed.choice.CopyFrom(decisions_pb2.Choice(method=numbers[0]))
    else:
        raise MixPolicyError(f"policy is {policy!r}; allowed: ppo, random, fixed, bandit")
    return spec
