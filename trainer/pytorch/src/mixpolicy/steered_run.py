"""One training, steered: what a training loop calls."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional

from mixpolicy.decision import Decision
from mixpolicy.errors import MixPolicyError, Unreachable
from mixpolicy.reach import Reach
from mixpolicy.reports import Number, report
from mixpolicy.run_hold import LEASE_SECONDS, RunHold
from mixpolicy.v1 import decisions_pb2

if TYPE_CHECKING:
    from torch import Tensor, nn

    from mixpolicy.mixer import Mixer
    from mixpolicy.mixing import Mixed

log = logging.getLogger("mixpolicy")

_TEND_SECONDS = 10.0
_VANILLA = decisions_pb2.Choice(method=decisions_pb2.METHOD_VANILLA)


class SteeredRun:
    """A training that an agent steers: see :func:`mixpolicy.steer`. For one thread; a second one in the background keeps the run's lease, and looks for a service that is away.

    Why no failure loses or doubles anything: every call can be repeated, a decision asked for again is the stored one, and reports are sent from the backlog, which
    ``state_dict()`` holds.
    """

    def __init__(self, hold: RunHold, *, resumed: bool, seed: int, patience: float) -> None:
        self._hold = hold
        self._client = hold.client
        self._run_spec = hold.run_spec
        self._backlog = hold.backlog
        self._resumed = resumed
        self._seed = seed
        self._reach = Reach(patience, hold.client.wait, hold.detach)
        self._finished = False
        self._decision: Optional[Decision] = None
        self._mixer: Optional[Mixer] = None
        self._images = 0
        self._begun = 0.0
        # Guards the backlog and the calls: this thread's and the tender's.
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._tender: Optional[threading.Thread] = None

    @property
    def run_name(self) -> str:
        """agents/{agent}/runs/{run}"""
        return self._backlog.run_name

    @property
    def decision(self) -> Decision:
        """What to do in the epoch that runs."""
        if self._decision is None:
            raise MixPolicyError("no epoch has begun: iterate over the policy, or call begin(epoch)")
        return self._decision

    def __enter__(self) -> SteeredRun:
        # A run that another trainer holds may be ours, from before a crash without a checkpoint: then its lease lapses.
        held_until = time.monotonic() + (0 if self._resumed else 1.25 * LEASE_SECONDS + 5)
        try:
            with self._lock:
                # A training that was on its way goes on without the service; a new one had better not begin at a wrong address.
                if self._reach.call(lambda: self._hold.attach_patiently(held_until)) is None and not self._resumed:
                    raise Unreachable(f"{self._reach.trouble}. Is it started, and is this its gRPC port (5080, unless set)?")
        except BaseException:
            self._client.close()
            raise
        self._tender = threading.Thread(target=self._tend, name="mixpolicy", daemon=True)
        self._tender.start()
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        """Ends the run; after an error it is left as it is, to be taken up again."""
        try:
            if kind is None:
                self.finish()
        finally:
            self._closing.set()
            if self._tender is not None:
                self._tender.join()
            self._client.close()

    def __iter__(self) -> Iterator[int]:
        """The epochs that are left, each with its decision made."""
        for epoch in range(self._backlog.next, self._run_spec.intervals):
            self.begin(epoch)
            yield epoch

    def begin(self, epoch: int) -> Decision:
        """The decision for an epoch, for loops that do not iterate over the policy. Asked again, it is the same.

        :raises Refused: The agent refuses: waiting would not help.
        """
        if epoch > 0 and not self._backlog.has(epoch - 1) and epoch != self._backlog.next:
            raise MixPolicyError(f"epoch {epoch - 1} was not reported: call policy.report(...) at the end of every epoch")
        with self._lock:
            asked = self._reach.call(lambda: self._hold.catch_up(epoch))
            if asked is not None:
                choice, self._decision = asked.choice, Decision.of(asked.choice, epoch, policy_version=asked.policy_version)
            else:
                choice = decisions_pb2.Choice.FromString(self._backlog.choice) if self._backlog.choice else _VANILLA
                self._decision = Decision.of(choice, epoch, fallback=True)
                log.warning("Epoch %d goes on without the agent, under the fallback: %s.", epoch, self._decision)
            self._backlog.choice = choice.SerializeToString()
        self._mixer, self._images, self._begun = None, 0, time.monotonic()
        return self._decision

    def mix(self, images: Tensor, labels: Tensor, model: Optional[nn.Module] = None) -> Mixed:
        """Mixes a batch as decided: ``images, targets = policy.mix(images, labels, model)``; see :class:`mixpolicy.mixer.Mixer`."""
        if self._mixer is None:
            from mixpolicy.mixer import Mixer

            self._mixer = Mixer(self.decision, self._run_spec.classes, (self._seed, self.decision.epoch))
        self._images += len(images)
        return self._mixer(images, labels, model)

    def report(
        self,
        *,
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
    ) -> None:
        """Tells how the epoch went. Kept here, and sent with the next question: so save ``state_dict()`` with the checkpoint after it.

        Losses are mean cross-entropies in nats, at least 0; accuracies are fractions in [0, 1].

        :param train_loss: On the (mixed) training batches.
        :param train_top1: On the training batches, weighted by the mixed targets where you have it so; shown, and part of what the policy sees.
        :param learning_rate: At the end of the epoch.
        :param holdout_loss: On clean images that are not trained on, never those of the test set. Agents learn from it, unless their spec has another reward.
        :param holdout_ece: Expected calibration error on them.
        :param gradient_norm: Mean L2 norm of the gradient of all weights.
        :param gradient_similarity: In [-1, 1], where the agent's reward is that; ``client_reward`` likewise, in [-1e6, 1e6].
        :param test_loss: Shown on dashboards, never learned from; as ``test_top1``.
        :raises ValueError: A value is out of range; the message names it.
        """
        epoch = self.decision.epoch
        filled = report(
            progress=(epoch + 1) / self._run_spec.intervals, train_loss=train_loss, train_top1=train_top1, learning_rate=learning_rate,
            holdout_loss=holdout_loss, holdout_top1=holdout_top1, holdout_ece=holdout_ece, gradient_norm=gradient_norm,
            gradient_similarity=gradient_similarity, client_reward=client_reward, test_loss=test_loss, test_top1=test_top1,
            train_seconds=time.monotonic() - self._begun, images=self._images,
        )  # fmt: skip
        with self._lock:
            if self.decision.fallback and self._backlog.choice is not None:
                filled.fallback.ParseFromString(self._backlog.choice)
            self._backlog.add(epoch, filled)

    def state_dict(self) -> dict[str, Any]:
        """For the checkpoint: with it, ``steer(..., state=...)`` takes the run up again. It holds the run's lease token: keep it as you keep a key."""
        with self._lock:
            return self._backlog.state()

    def finish(self) -> bool:
        """Sends the last report and ends the run; training may stop before the planned end. Leaving the context calls it.

        :return: False where the service cannot be reached: what it has not been told is in ``state_dict()``.
        """
        with self._lock:
            if self._finished:
                return True
            last = self._backlog.next - 1 if self._decision is None else self._decision.epoch
            if last < 0:
                return False
            self._finished = self._reach.call(lambda: self._hold.end(last)) is not None
            if not self._finished:
                log.warning("The service could not be told of the end of %s; it will show the run as stale.", self.run_name)
            return self._finished

    def _tend(self) -> None:
        """Between decisions: asking again for the decision that is there renews the lease."""
        while not self._closing.wait(_TEND_SECONDS):
            if self._decision is None or not self._lock.acquire(blocking=False):
                continue
            try:
                if not self._finished:
                    self._reach.seek(lambda: self._hold.catch_up(self.decision.epoch))
            finally:
                self._lock.release()
