"""Mixes batches as a decision says."""

from __future__ import annotations

import random
from typing import Optional

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mixpolicy.decision import Decision
from mixpolicy.errors import MixPolicyError
from mixpolicy.mixing import Mixed, cut_box, cutmix, input_mixup, rmix, salient_cells
from mixpolicy.saliency import pooled, saliency

_R_MIX = ("rmix", "rmix-choose-least", "cut-top-paste", "cut-top-least-paste")
MIXED_HERE = ("vanilla", "input-mixup", "cutmix", *_R_MIX)
"""The methods that a :class:`Mixer` has."""

_HIGHEST_PERCENTILE = 0.99


class Mixer:
    """Draws for one epoch's decision and mixes its batches. The same seed gives the same draws, whatever the device. For one thread."""

    def __init__(self, decision: Decision, classes: int, seed: object = 0) -> None:
        """:param seed: Of all draws: give each epoch, and each rank of a distributed training, its own."""
        if decision.method not in MIXED_HERE:
            raise MixPolicyError(
                f"the agent chose {decision.method}, which this package cannot mix; it has {', '.join(MIXED_HERE)}. "
                "Create the agent with those, or mix by policy.decision yourself"
            )
        self.decision = decision
        self._classes = classes
        self._random = random.Random(repr(seed))

    def __call__(self, images: Tensor, labels: Tensor, model: Optional[nn.Module] = None) -> Mixed:
        """Mixes one batch.

        :param images: B×C×H×W, floating point, on the model's device.
        :param labels: Classes, B of int64; or soft targets, B×K.
        :param model: Images to logits. Only R-Mix and its variants need it, for the saliency: one more forward pass and half of a backward pass.
        """
        targets = self._targets(images, labels)
        # Drawn whether it is needed or not, so that the draws of later batches do not hang on it.
        mixes = self._random.random() < self.decision.probability
        if self.decision.method == "vanilla" or not mixes:
            return Mixed(images, targets)
        lam, partner = self._lambda(), self._partner(len(images), images.device)
        if self.decision.method == "input-mixup":
            return input_mixup(images, targets, partner, lam)
        height, width = images.shape[2], images.shape[3]
        if self.decision.method == "cutmix":
            return cutmix(images, targets, partner, cut_box(height, width, lam, self._random.randrange(height), self._random.randrange(width)))
        if model is None:
            raise MixPolicyError(f"{self.decision.method} needs the model: policy.mix(images, labels, model)")
        # Cells of a quarter or half of the shorter side: the paper's 8 and 16 pixels on 32×32.
        side = max(1, min(height, width) // self._random.choice((4, 2)))
        percentiles = torch.tensor([self._percentile() for _ in range(len(images))], device=images.device)
        cells = pooled(saliency(model, images, targets), max(1, height // side), max(1, width // side))
        return rmix(images, targets, partner, salient_cells(cells, percentiles), lam, self.decision.method)

    def _targets(self, images: Tensor, labels: Tensor) -> Tensor:
        if images.ndim != 4 or not images.is_floating_point():
            raise ValueError(f"images is {images.dtype} {list(images.shape)}; allowed: a floating-point tensor B×C×H×W")
        if labels.ndim == 1 and not labels.is_floating_point() and len(labels) == len(images):
            one_hot: Tensor = F.one_hot(labels.long(), self._classes)
            return one_hot.to(images.dtype)
        if list(labels.shape) == [len(images), self._classes] and labels.is_floating_point():
            return labels
        raise ValueError(
            f"labels is {labels.dtype} {list(labels.shape)}; allowed: {len(images)} classes in [0, {self._classes}), or soft targets {len(images)}×{self._classes}"
        )

    def _lambda(self) -> float:
        if self.decision.lambda_value is not None:
            return self.decision.lambda_value
        alpha = 1.0 if self.decision.lambda_alpha is None else self.decision.lambda_alpha
        return self._random.betavariate(alpha, alpha)

    def _partner(self, images: int, device: torch.device) -> Tensor:
        order = list(range(images))
        self._random.shuffle(order)
        return torch.tensor(order, device=device)

    def _percentile(self) -> float:
        if self.decision.threshold is None:
            return _HIGHEST_PERCENTILE / (self.decision.grid - 1) * self._random.randrange(self.decision.grid)
        half = self.decision.spread / 2
        return self._random.uniform(max(0.0, self.decision.threshold - half), min(_HIGHEST_PERCENTILE, self.decision.threshold + half))
