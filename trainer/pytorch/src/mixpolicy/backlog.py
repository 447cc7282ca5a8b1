"""What the agent has not confirmed of a run, and what makes this training its owner: the part of a steered run that a checkpoint keeps."""

from __future__ import annotations

import secrets
from typing import Any, Optional

from mixpolicy.errors import MixPolicyError
from mixpolicy.v1 import decisions_pb2

_FORMAT = 1


class Backlog:
    """Reports of finished epochs that the agent may not have, and how far it is. The bytes of a report do not change once it is here: they are what is sent, however often."""

    def __init__(self, agent: str, run: str) -> None:
        self.agent = agent
        self.run = run
        self.lease_token = secrets.token_hex(16)
        """Drawn here, and so in a checkpoint before the service gives it out."""
        self.next = 0
        """The epoch that is next after those reported."""
        self.decided = -1
        """The last epoch that the agent is known to have decided."""
        self.reported = 0
        """Epochs before this one are in the agent's log with a report."""
        self.choice: Optional[bytes] = None
        """The last choice, for the fallback."""
        self._reports: dict[int, bytes] = {}

    @property
    def run_name(self) -> str:
        return f"agents/{self.agent}/runs/{self.run}"

    def add(self, epoch: int, report: decisions_pb2.Report) -> None:
        self.next = epoch + 1
        self._reports[epoch] = report.SerializeToString()

    def has(self, epoch: int) -> bool:
        return epoch < self.reported or epoch in self._reports

    def unreported(self, epoch: int) -> Optional[decisions_pb2.Report]:
        """The report of an epoch, tied to its decision; None where the agent has one. It may have another: what it learned from stays."""
        if epoch < self.reported or epoch not in self._reports:
            return None
        report = decisions_pb2.Report()
        report.ParseFromString(self._reports[epoch])
        report.decision = f"{self.run_name}/decisions/{epoch}"
        return report

    def confirm(self, decided: int, reported: int) -> None:
        """The agent has decided and been told so much."""
        self.decided = max(self.decided, decided)
        self.reported = max(self.reported, reported)
        for epoch in [e for e in self._reports if e < self.reported]:
            del self._reports[epoch]

    def state(self) -> dict[str, Any]:
        """Plain data for ``torch.save`` (and for loading with ``weights_only``) or JSON. It holds the lease's token: whoever has it can drive the run."""
        return {
            "format": _FORMAT,
            "agent": self.agent,
            "run": self.run,
            "lease_token": self.lease_token,
            "next": self.next,
            "decided": self.decided,
            "choice": None if self.choice is None else self.choice.hex(),
            "reports": [[epoch, report.hex()] for epoch, report in self._reports.items()],
        }

    @staticmethod
    def of(state: dict[str, Any]) -> Backlog:
        if state.get("format") != _FORMAT:
            raise MixPolicyError(f"state is of format {state.get('format')!r}; allowed: what state_dict() of this version gave, format {_FORMAT}")
        backlog = Backlog(state["agent"], state["run"])
        backlog.lease_token = state["lease_token"]
        backlog.next, backlog.decided = state["next"], state["decided"]
        backlog.choice = None if state["choice"] is None else bytes.fromhex(state["choice"])
        backlog._reports = {epoch: bytes.fromhex(report) for epoch, report in state["reports"]}
        return backlog
