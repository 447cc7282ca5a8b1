"""Let a MixPolicy agent steer mixup in your training loop.

    with mixpolicy.steer("http://127.0.0.1:5080", agent="mine", intervals=30, classes=10, peak_learning_rate=0.1) as policy:
        for epoch in policy:
            ...  # per batch: images, targets = policy.mix(images, labels, model)
            policy.report(train_loss=..., train_top1=..., holdout_loss=..., holdout_top1=..., learning_rate=...)
"""

from mixpolicy.client import PolicyClient
from mixpolicy.decision import METHODS, Decision
from mixpolicy.errors import MixPolicyError, Refused, Unreachable
from mixpolicy.specs import agent_spec
from mixpolicy.steered_run import SteeredRun
from mixpolicy.steering import steer

__all__ = ["METHODS", "Decision", "MixPolicyError", "PolicyClient", "Refused", "SteeredRun", "Unreachable", "agent_spec", "steer"]
