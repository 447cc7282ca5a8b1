"""A Lightning callback: epochs are decided when they begin and reported when their validation ends; the run is in Lightning's checkpoints."""

from __future__ import annotations

from typing import Any, Optional

from mixpolicy.steered_run import SteeredRun
from mixpolicy.steering import steer

try:
    from lightning.pytorch import Callback
except ImportError:
    from pytorch_lightning import Callback


class Steering(Callback):  # type: ignore[misc]
    """Steers a ``Trainer.fit``. In the module, mix by the callback's policy and return the loss, and the top-1 if you have it::

        steering = Steering(agent="mine", classes=10, peak_learning_rate=0.1)

        def training_step(self, batch, _):
            images, targets = steering.policy.mix(*batch, self)
            logits = self(images)
            return {"loss": F.cross_entropy(logits, targets), "top1": targets.gather(1, logits.argmax(1, keepdim=True)).mean()}

        Trainer(max_epochs=30, callbacks=[steering]).fit(...)

    The validation data is what the agent learns from: held-out training images, never the test set. One process: for DDP steer on rank 0 and broadcast ``policy.decision``.
    """

    def __init__(self, *, holdout_loss: str = "val_loss", holdout_top1: str = "val_acc", **arguments: Any) -> None:
        """
        :param holdout_loss: Name under which the module logs the validation loss; ``holdout_top1`` likewise, reported if it is there.
        :param arguments: Of :func:`mixpolicy.steer`; ``intervals`` is the trainer's ``max_epochs``.
        """
        super().__init__()
        self._names = (holdout_loss, holdout_top1)
        self._arguments = arguments
        self._state: Optional[dict[str, Any]] = None
        self._policy: Optional[SteeredRun] = None
        self._sums = [0.0, 0.0, 0.0]

    @property
    def policy(self) -> SteeredRun:
        if self._policy is None:
            raise RuntimeError("the policy is there while Trainer.fit runs")
        return self._policy

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        self._policy = steer(intervals=trainer.max_epochs, state=self._state, **self._arguments).__enter__()

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        self.policy.begin(trainer.current_epoch)
        self._sums = [0.0, 0.0, 0.0]

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        loss, top1 = (outputs["loss"], outputs.get("top1", 0.0)) if isinstance(outputs, dict) else (outputs, 0.0)
        for at, value in enumerate((1.0, loss, top1)):
            self._sums[at] += float(value)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Here, and not at the end of the epoch, so that the checkpoint that follows holds the report."""
        if trainer.sanity_checking or self._sums[0] == 0:
            return
        metrics, (batches, loss, top1) = trainer.callback_metrics, self._sums
        self.policy.report(
            train_loss=loss / batches, train_top1=top1 / batches, learning_rate=trainer.optimizers[0].param_groups[0]["lr"],
            holdout_loss=metrics.get(self._names[0]), holdout_top1=metrics.get(self._names[1]),
        )  # fmt: skip

    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        self._leave(None)

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        self._leave(exception)

    def state_dict(self) -> dict[str, Any]:
        # Also after the training, when the policy has been left.
        return self._policy.state_dict() if self._policy is not None else self._state or {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self._state = state_dict or None

    def _leave(self, error: Optional[BaseException]) -> None:
        if self._policy is not None:
            self._policy.__exit__(None if error is None else type(error), error, None)
            self._state, self._policy = self._policy.state_dict(), None
