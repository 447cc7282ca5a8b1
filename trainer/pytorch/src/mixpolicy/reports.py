"""What the trainer says about an epoch."""

from __future__ import annotations

import math
from typing import Optional, SupportsFloat

from google.protobuf.duration_pb2 import Duration

from mixpolicy.v1 import decisions_pb2

Number = SupportsFloat
"""A float, or a tensor of one element."""


def report(
    *,
    progress: float,
    train_loss: Number,
    train_top1: Number,
    learning_rate: Number,
    holdout_loss: Optional[Number] = None,
    holdout_top1: Optional[Number] = None,
    holdout_ece: Optional[Number] = None,
    gradient_norm: Optional[Number] = None,
    gradient_similarity: Optional[Number] = None,
    client_reward: Optional[Number] = None,
    test_loss: Optional[Number] = None,
    test_top1: Optional[Number] = None,
    train_seconds: float = 0.0,
    images: int = 0,
) -> decisions_pb2.Report:
    """A report of the wire, its ranges checked here: a mistake shows in the epoch that made it.

    :raises ValueError: A value is out of range; the message names it.
    """
    filled = decisions_pb2.Report(
        progress=progress,
        train_loss=_at_least_0("train_loss", train_loss),
        train_top1_weighted=_within("train_top1", train_top1, 0, 1),
        holdout_loss=_at_least_0("holdout_loss", holdout_loss),
        holdout_top1=_within("holdout_top1", holdout_top1, 0, 1),
        holdout_ece=_within("holdout_ece", holdout_ece, 0, 1),
        gradient_norm=_at_least_0("gradient_norm", gradient_norm),
        learning_rate=_at_least_0("learning_rate", learning_rate),
        gradient_similarity=_within("gradient_similarity", gradient_similarity, -1, 1),
        client_reward=_within("client_reward", client_reward, -1e6, 1e6),
        test_loss=_at_least_0("test_loss", test_loss),
        test_top1=_within("test_top1", test_top1, 0, 1),
    )
    seconds = max(0.0, train_seconds)
    filled.timing.train.CopyFrom(Duration(seconds=int(seconds), nanos=int(seconds % 1 * 1e9)))
    filled.timing.images = images
    return filled


def _at_least_0(name: str, value: Optional[Number]) -> Optional[float]:
    return _within(name, value, 0, math.inf)


def _within(name: str, value: Optional[Number], low: float, high: float) -> Optional[float]:
    if value is None:
        return None
    number = float(value)
    if not (math.isfinite(number) and low <= number <= high):
        raise ValueError(f"{name} is {number}; allowed: a finite number {'>= 0' if high == math.inf else f'in [{low:g}, {high:g}]'}")
    return number
