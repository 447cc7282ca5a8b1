"""A training's hold on its run: how it gets to the agent, and goes on where it was."""

from __future__ import annotations

import logging
import time
from typing import Optional

import grpc

from mixpolicy.backlog import Backlog
from mixpolicy.client import PolicyClient
from mixpolicy.errors import Refused
from mixpolicy.specs import agent_spec
from mixpolicy.v1 import agents_pb2, decisions_pb2, runs_pb2

log = logging.getLogger("mixpolicy")

LEASE_SECONDS = 60.0


class RunHold:
    """A run and its lease, for one thread at a time. Every method can be repeated after a failure: what the service has confirmed is in the backlog, and is not sent again."""

    def __init__(self, client: PolicyClient, spec: Optional[agents_pb2.AgentSpec], run_spec: runs_pb2.RunSpec, backlog: Backlog) -> None:
        self.client = client
        self.run_spec = run_spec
        self.backlog = backlog
        self._spec = spec
        self._attached = False

    def attach_patiently(self, held_until: float) -> bool:
        """Attaches; where another holds the run, waits until then (on the monotonic clock) for the lease to lapse."""
        told = False
        while True:
            try:
                self._attach()
                return True
            except Refused as refusal:
                if refusal.code != grpc.StatusCode.ABORTED or time.monotonic() > held_until:
                    raise
                if not told:
                    log.warning("Waiting for the lease of %s to lapse (steer(..., state=...) of a checkpoint need not wait): %s", self.backlog.run_name, refusal)
                told = True
                time.sleep(1)

    def detach(self) -> None:
        """The service may be another by the next call: it is asked for agent and run again."""
        self._attached = False

    def catch_up(self, epoch: int) -> decisions_pb2.Decision:
        """Asks for all decisions up to an epoch's, each with the report before it, and returns that epoch's."""
        if not self._attached:
            self._attach()
        decision: Optional[decisions_pb2.Decision] = None
        for k in range(min(self.backlog.decided + 1, epoch), epoch + 1):
            told = self.backlog.unreported(k - 1)
            decision = self.client.decide(self.backlog.run_name, self.backlog.lease_token, k, told)
            self.backlog.confirm(k, k)
        assert decision is not None
        return decision

    def end(self, last: int) -> runs_pb2.Run:
        """Sends what is left to report, up to the last epoch's, and ends the run."""
        if self.backlog.decided < last:
            self.catch_up(last)
        elif not self._attached:
            self._attach()
        return self.client.finish_run(self.backlog.run_name, self.backlog.lease_token, self.backlog.unreported(last))

    def _attach(self) -> None:
        """Creates or loads agent and run, and takes the lease."""
        parent = f"agents/{self.backlog.agent}"
        if self._spec is not None:
            self.client.create_agent(self.backlog.agent, self._spec)
        else:
            try:
                self.client.get_agent(parent)
            except Refused as refusal:
                if refusal.code != grpc.StatusCode.NOT_FOUND:
                    raise
                self.client.create_agent(self.backlog.agent, agent_spec())
        started = self.client.start_run(parent, self.backlog.run, self.run_spec, self.backlog.lease_token, LEASE_SECONDS)
        if started.run.state == runs_pb2.RUN_STATE_FINISHED and not self.backlog.decided == started.run.decisions - 1:
            raise Refused(f"{self.backlog.run_name} is finished after {started.run.reports} epochs; give another run", grpc.StatusCode.FAILED_PRECONDITION)
        if started.HasField("lease"):
            self.backlog.lease_token = started.lease.token
        self.backlog.confirm(started.run.decisions - 1, started.run.reports)
        self._attached = True
