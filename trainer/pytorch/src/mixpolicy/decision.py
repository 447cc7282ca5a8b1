"""What a decision means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from mixpolicy.errors import MixPolicyError
from mixpolicy.v1 import decisions_pb2

METHODS: dict[str, decisions_pb2.Method] = {
    "vanilla": decisions_pb2.METHOD_VANILLA,
    "input-mixup": decisions_pb2.METHOD_INPUT_MIXUP,
    "cutmix": decisions_pb2.METHOD_CUTMIX,
    "rmix": decisions_pb2.METHOD_R_MIX,
    "rmix-choose-least": decisions_pb2.METHOD_R_MIX_CHOOSE_LEAST,
    "cut-top-paste": decisions_pb2.METHOD_CUT_TOP_PASTE,
    "cut-top-least-paste": decisions_pb2.METHOD_CUT_TOP_LEAST_PASTE,
    "puzzlemix": decisions_pb2.METHOD_PUZZLE_MIX,
    "co-mixup": decisions_pb2.METHOD_CO_MIXUP,
    "manifold-mixup": decisions_pb2.METHOD_MANIFOLD_MIXUP,
    "saliencymix": decisions_pb2.METHOD_SALIENCY_MIX,
    "resizemix": decisions_pb2.METHOD_RESIZE_MIX,
    "fmix": decisions_pb2.METHOD_FMIX,
    "gridmix": decisions_pb2.METHOD_GRID_MIX,
    "smoothmix": decisions_pb2.METHOD_SMOOTH_MIX,
    "attentivemix": decisions_pb2.METHOD_ATTENTIVE_MIX,
    "guidedmixup": decisions_pb2.METHOD_GUIDED_MIXUP,
}
"""The methods of the wire by name. :mod:`mixpolicy.mixing` has the first seven; an agent that chooses others needs a loop that has them."""

_NAMES = {method: name for name, method in METHODS.items()}
_HALF_OF_BATCHES = ("cutmix", "saliencymix", "resizemix", "smoothmix")
_GRID_POINTS = 10


@dataclass(frozen=True)
class Decision:
    """What to do in one epoch. Plain data: it can be pickled and sent to other processes (DDP: broadcast it from rank 0)."""

    epoch: int
    method: str
    """One of :data:`METHODS`."""
    lambda_alpha: Optional[float] = None
    """λ ~ Beta(α, α), drawn once a batch."""
    lambda_value: Optional[float] = None
    """λ itself. At most one of the two is set; neither means as the method was published."""
    threshold: Optional[float] = None
    """Every image draws its saliency percentile from [threshold - spread/2, threshold + spread/2], cut to [0, 0.99]. None: from ``grid`` points."""
    spread: float = 0.0
    grid: int = _GRID_POINTS
    """Every image draws one of this many evenly spaced percentiles of [0, 0.99]; where ``threshold`` is None and the method uses one."""
    probability: float = 1.0
    """Of a batch being mixed at all."""
    policy_version: int = 0
    """Updates of the policy before it."""
    fallback: bool = False
    """The service could not be asked: this is the last choice, held on to (vanilla before the first)."""

    @staticmethod
    def of(choice: decisions_pb2.Choice, epoch: int, *, policy_version: int = 0, fallback: bool = False) -> Decision:
        """Reads a choice of the wire."""
        name = _NAMES.get(choice.method)
        if name is None:
            raise MixPolicyError(f"the agent chose method {choice.method}, which this client does not know; it knows {', '.join(METHODS)}")
        lambda_kind, threshold_kind = choice.WhichOneof("lambda"), choice.WhichOneof("threshold")
        if threshold_kind == "threshold_per_batch":
            raise MixPolicyError(
                "the agent decides thresholds batch by batch (policy rl_mix or rl_mix_set), which this client does not do; name an agent with another policy"
            )
        # A choice that says nothing but its method means the published setting.
        published = lambda_kind is None and threshold_kind is None and name in _HALF_OF_BATCHES
        band = threshold_kind == "threshold_band"
        return Decision(
            epoch=epoch,
            method=name,
            lambda_alpha=choice.lambda_alpha if lambda_kind == "lambda_alpha" else None,
            lambda_value=choice.lambda_value if lambda_kind == "lambda_value" else None,
            threshold=choice.threshold_band.center if band else None,
            spread=choice.threshold_band.spread if band else 0.0,
            grid=choice.threshold_grid.points if threshold_kind == "threshold_grid" else _GRID_POINTS,
            probability=choice.probability if choice.HasField("probability") else 0.5 if published else 1.0,
            policy_version=policy_version,
            fallback=fallback,
        )

    def __str__(self) -> str:
        """One line for people, as ``rmix α=0.52 t=0.31±0.10 on 50 % of batches``."""
        text = self.method
        if self.lambda_alpha is not None:
            text += f" α={self.lambda_alpha:.2f}"
        if self.lambda_value is not None:
            text += f" λ={self.lambda_value:.2f}"
        if self.threshold is not None:
            text += f" t={self.threshold:.2f}±{self.spread / 2:.2f}"
        if self.probability < 1:
            text += f" on {100 * self.probability:.3g} % of batches"
        return text + (" (fallback)" if self.fallback else "")
