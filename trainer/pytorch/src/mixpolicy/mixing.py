"""Mixup methods as pure functions: tensors in, tensors out, every random draw an argument. :class:`mixpolicy.mixer.Mixer` draws.

Images are B×C×H×W; targets B×K, each row summing to 1; ``partner`` is π, a permutation of the batch as B of int64.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor


class Mixed(NamedTuple):
    """A mixed batch."""

    images: Tensor
    """B×C×H×W."""
    targets: Tensor
    """B×K soft targets, for ``torch.nn.functional.cross_entropy(logits, targets)``."""


class Box(NamedTuple):
    """Rows [top, bottom), columns [left, right)."""

    top: int
    bottom: int
    left: int
    right: int


def input_mixup(images: Tensor, targets: Tensor, partner: Tensor, lam: float) -> Mixed:
    """Input mixup (Zhang et al. 2018): λx + (1 − λ)x[π], the same for targets."""
    return Mixed(lam * images + (1 - lam) * images[partner], lam * targets + (1 - lam) * targets[partner])


def cut_box(height: int, width: int, lam: float, centre_y: int, centre_x: int) -> Box:
    """CutMix's box (Yun et al. 2019, equation 2): sides of √(1 − λ) times the image's, rounded down, around a pixel, clipped to the image."""
    ratio = math.sqrt(1 - lam)
    half_height, half_width = int(height * ratio) // 2, int(width * ratio) // 2
    return Box(
        max(centre_y - half_height, 0), min(centre_y + half_height, height), max(centre_x - half_width, 0), min(centre_x + half_width, width)
    )


def cutmix(images: Tensor, targets: Tensor, partner: Tensor, box: Box) -> Mixed:
    """CutMix (Yun et al. 2019): the box of x[π] pasted into x; targets are mixed by the area that the clipped box leaves."""
    mixed = images.clone()
    mixed[:, :, box.top : box.bottom, box.left : box.right] = images[partner, :, box.top : box.bottom, box.left : box.right]
    lam = 1 - (box.bottom - box.top) * (box.right - box.left) / (images.shape[2] * images.shape[3])
    return Mixed(mixed, lam * targets + (1 - lam) * targets[partner])


def salient_cells(saliency: Tensor, percentiles: Tensor) -> Tensor:
    """The cells at or above the given quantile of their image's saliency, the quantile interpolated linearly.

    :param saliency: B×rows×cols, see :func:`pooled`.
    :param percentiles: B of float32, in [0, 1].
    :return: B×rows×cols of bool.
    """
    flat = saliency.flatten(1)
    ordered = flat.sort(dim=1).values
    rank = percentiles.to(flat.dtype) * (flat.shape[1] - 1)
    below = rank.long()
    above = (below + 1).clamp_max(flat.shape[1] - 1)
    low, high = ordered.gather(1, below[:, None]), ordered.gather(1, above[:, None])
    return (flat >= torch.lerp(low, high, (rank - below)[:, None])).view_as(saliency)


def rmix(images: Tensor, targets: Tensor, partner: Tensor, salient: Tensor, lam: float, method: str = "rmix") -> Mixed:
    """R-Mix and its ablations (Luu et al. 2022), cell by cell, given whether it is salient in the own image (m) and in the partner (m').

    :param salient: m, B×rows×cols of bool; see :func:`salient_cells`.
    :param lam: λ in [0, 1].
    :param method: ``rmix``: m = m' blends by λ, otherwise the salient one wins. ``rmix-choose-least``: otherwise the less salient one wins. ``cut-top-paste``: m keeps the
        own pixels, all else is the partner's. ``cut-top-least-paste``: m = m' keeps the own pixels.
    """
    other = salient[partner]
    equal = salient == other
    if method == "rmix":
        weight = salient.to(images.dtype).masked_fill(equal, lam)
    elif method == "rmix-choose-least":
        weight = other.to(images.dtype).masked_fill(equal, lam)
    elif method == "cut-top-paste":
        weight = salient.to(images.dtype)
    elif method == "cut-top-least-paste":
        weight = equal.to(images.dtype)
    else:
        raise ValueError(f"method is {method!r}; allowed: rmix, rmix-choose-least, cut-top-paste, cut-top-least-paste")
    pixels = _enlarged(weight, images.shape[2], images.shape[3])
    share = pixels.mean(dim=(1, 2)).to(targets.dtype)[:, None]
    pixels = pixels[:, None]
    return Mixed(pixels * images + (1 - pixels) * images[partner], share * targets + (1 - share) * targets[partner])


def _enlarged(cells: Tensor, height: int, width: int) -> Tensor:
    """B×rows×cols to B×H×W: pixel (y, x) belongs to cell (⌊y·rows/H⌋, ⌊x·cols/W⌋)."""
    rows = torch.arange(height, device=cells.device) * cells.shape[1] // height
    cols = torch.arange(width, device=cells.device) * cells.shape[2] // width
    return cells[:, rows][:, :, cols]
