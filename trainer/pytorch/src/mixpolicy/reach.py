"""How the service is reached: with patience while it was there before, briefly where it is known to be away."""

from __future__ import annotations

import logging
import random
import time
from typing import Callable, Optional, TypeVar

import grpc

from mixpolicy.errors import MixPolicyError, Refused, Unreachable

log = logging.getLogger("mixpolicy")

_T = TypeVar("_T")
_FIRST_DELAY, _LONGEST_DELAY = 0.2, 5.0
# Longer than the channel's own back-off.
_AWAY_PATIENCE = 2.0


class Reach:
    """Calls of one run. All of them can be repeated. For one thread at a time: the run has a lock."""

    def __init__(self, patience: float, wait: Callable[[float], None], detach: Callable[[], None]) -> None:
        """
        :param patience: Seconds that a service which cannot be reached is waited for.
        :param wait: Waits for a connection, at most the given seconds.
        :param detach: Called after a failed call, so that the next one attaches afresh.
        """
        self._patience = patience
        self._wait = wait
        self._detach = detach
        self.away = False
        """The service was there before, or was waited for, and has not been reached since."""
        self.trouble: Optional[MixPolicyError] = None
        """Of the last call, where it failed."""

    def call(self, work: Callable[[], _T]) -> Optional[_T]:
        """What the work returns, or None where the service stays away.

        :raises Refused: Waiting would not help.
        """
        end = time.monotonic() + (min(_AWAY_PATIENCE, self._patience) if self.away else self._patience)
        delay = _FIRST_DELAY
        while True:
            try:
                result = self._once(work)
            except Unreachable as trouble:
                if time.monotonic() + delay > end:
                    if not self.away:
                        self.away = True
                        log.warning("The service has been away for %.3g s. It is looked for in the background.", self._patience)
                    return None
                if delay == _FIRST_DELAY and not self.away:
                    log.warning("Retrying for %.3g s: %s.", self._patience, trouble)
                time.sleep(delay / 2 * random.random())
                self._wait(delay)
                delay = min(2 * delay, _LONGEST_DELAY)
            else:
                self._reached()
                return result

    def seek(self, work: Callable[[], object]) -> None:
        """One try in the background. Each trouble is told once."""
        told = str(self.trouble)
        if self.trouble is not None:
            self._wait(_AWAY_PATIENCE)
        try:
            self._once(work)
        except MixPolicyError as trouble:
            if str(trouble) != told:
                log.warning("Looking for the service in the background: %s.", trouble)
        else:
            self._reached()

    def _once(self, work: Callable[[], _T]) -> _T:
        """One try; a second one where the lease lapsed while nobody could renew it: starting again takes it up, unless another trainer has it."""
        try:
            try:
                return work()
            except Refused as refusal:
                if refusal.code != grpc.StatusCode.ABORTED:
                    raise
                self._detach()
                return work()
        except MixPolicyError as trouble:
            self._detach()
            self.trouble = trouble
            raise

    def _reached(self) -> None:
        self.trouble = None
        if self.away:
            self.away = False
            log.warning("The service is back and has been told what it missed.")
