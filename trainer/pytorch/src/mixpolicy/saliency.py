"""Saliency of an image: how strongly the clean loss depends on each pixel (Kim et al. 2020; as used by Luu et al. 2022)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def saliency(model: nn.Module, images: Tensor, targets: Tensor) -> Tensor:
    """One forward and the input's half of one backward pass: g = ∂ mean_b((2/K)·CE) / ∂x, s = √(mean over channels of g²).

    In training mode, as the training step sees the model (parts that a model in training mode has in evaluation mode stay so); modes and buffers (running statistics
    of batch norm) are put back, and no weight gets a gradient.

    :param targets: Soft targets, B×K.
    :return: B×H×W.
    """
    modes = [(module, module.training) for module in model.modules()]
    before = [buffer.detach().clone() for buffer in model.buffers()]
    if not model.training:
        model.train()
    try:
        with torch.enable_grad():
            pixels = images.detach().requires_grad_()
            logits = model(pixels)
            loss = F.cross_entropy(logits, targets.to(logits.dtype)) * (2.0 / logits.shape[1])
            (gradient,) = torch.autograd.grad(loss, [pixels])
    finally:
        for module, mode in modes:
            module.training = mode
        with torch.no_grad():
            for buffer, value in zip(model.buffers(), before):
                buffer.copy_(value)
    return gradient.square().mean(dim=1).sqrt()


def pooled(full: Tensor, rows: int, cols: int) -> Tensor:
    """Average pooling of maps B×H×W to B×rows×cols, each image normalised to sum to 1; a map that is zero everywhere or not finite becomes uniform."""
    cells = F.adaptive_avg_pool2d(full, (rows, cols))
    total = cells.sum(dim=(1, 2), keepdim=True)
    return torch.where((total > 0) & total.isfinite(), cells / total, torch.full_like(total, 1.0 / (rows * cols)))
