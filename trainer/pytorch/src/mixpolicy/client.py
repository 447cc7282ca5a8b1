"""The calls of the contract (docs/protocol.md), typed."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Callable, Optional, TypeVar

import grpc
from google.protobuf.duration_pb2 import Duration

from mixpolicy.connection import Connection, File
from mixpolicy.errors import translated
from mixpolicy.v1 import agents_pb2, decisions_pb2, policy_service_pb2, policy_service_pb2_grpc, runs_pb2

_T = TypeVar("_T")

CALL_SECONDS = 20.0
"""The most one call may take."""


class PolicyClient:
    """A client of one service. Each method is one call, made once: ``Unreachable`` means that it may be repeated, ``Refused`` that this would not help.

    For a training loop use :func:`mixpolicy.steer`, which repeats, resumes and falls back. Safe for several threads.
    """

    def __init__(
        self,
        address: str = "http://127.0.0.1:5080",
        *,
        key: Optional[str] = None,
        ca_file: Optional[File] = None,
        client_certificate: Optional[File] = None,
        client_key: Optional[File] = None,
    ) -> None:
        """Arguments as in :class:`mixpolicy.connection.Connection`."""
        connection = Connection(address, key, ca_file, client_certificate, client_key)
        self.address = address
        self._metadata = connection.metadata()
        self._channel = connection.open()
        self._stub = policy_service_pb2_grpc.PolicyServiceStub(self._channel)  # type: ignore[no-untyped-call]

    def create_agent(self, agent_id: str, spec: agents_pb2.AgentSpec) -> agents_pb2.Agent:
        """Creates an agent, or returns the one that exists with this id and an equal spec."""
        return self._call(agents_pb2.Agent, self._stub.CreateAgent, policy_service_pb2.CreateAgentRequest(agent_id=agent_id, spec=spec))

    def get_agent(self, name: str) -> agents_pb2.Agent:
        """:param name: agents/{agent}"""
        return self._call(agents_pb2.Agent, self._stub.GetAgent, policy_service_pb2.GetAgentRequest(name=name))

    def start_run(
        self, agent: str, run_id: str, spec: runs_pb2.RunSpec, lease_token: str = "", lease_seconds: float = 60
    ) -> policy_service_pb2.StartRunResponse:
        """Creates a run, or returns the one that exists with this id and an equal spec, and takes its lease.

        :param agent: agents/{agent}
        :param lease_token: That of an earlier call, or one the client draws; empty means that the service draws one.
        :param lease_seconds: How long the lease lasts without a call, in [1 s, 7 days].
        """
        lease = Duration(seconds=int(lease_seconds), nanos=int(lease_seconds % 1 * 1e9))
        request = policy_service_pb2.StartRunRequest(parent=agent, run_id=run_id, spec=spec, lease_token=lease_token, lease_duration=lease)
        return self._call(policy_service_pb2.StartRunResponse, self._stub.StartRun, request)

    def get_run(self, name: str) -> runs_pb2.Run:
        """:param name: agents/{agent}/runs/{run}"""
        return self._call(runs_pb2.Run, self._stub.GetRun, policy_service_pb2.GetRunRequest(name=name))

    def decide(
        self, run: str, lease_token: str, interval: int, report: Optional[decisions_pb2.Report] = None
    ) -> decisions_pb2.Decision:
        """The decision for an interval; asked again, the stored one.

        :param report: Of interval - 1.
        """
        request = policy_service_pb2.DecideRequest(run=run, lease_token=lease_token, interval=interval, report=report)
        return self._call(decisions_pb2.Decision, self._stub.Decide, request)

    def finish_run(self, run: str, lease_token: str, report: Optional[decisions_pb2.Report] = None) -> runs_pb2.Run:
        """Reports the last interval and ends the run. Repeating it returns the finished run."""
        return self._call(runs_pb2.Run, self._stub.FinishRun, policy_service_pb2.FinishRunRequest(run=run, lease_token=lease_token, report=report))

    def decisions(self, run: str) -> Iterator[decisions_pb2.DecisionRecord]:
        """The decision log of a run: decisions, reports and rewards, by interval."""
        token = ""
        while True:
            request = policy_service_pb2.ListDecisionsRequest(parent=run, page_token=token)
            page = self._call(policy_service_pb2.ListDecisionsResponse, self._stub.ListDecisions, request)
            yield from page.decisions
            token = page.next_page_token
            if not token:
                return

    def wait(self, seconds: float) -> None:
        """Waits until there is a connection, at most so long. A channel gets on with connecting only while something waits for it, so pauses between tries belong here."""
        ready = grpc.channel_ready_future(self._channel)
        try:
            ready.result(timeout=seconds)
        except grpc.FutureTimeoutError:
            pass
        finally:
            ready.cancel()

    def close(self) -> None:
        self._channel.close()

    def __enter__(self) -> PolicyClient:
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def _call(self, _: type[_T], method: Callable[..., Any], request: object) -> _T:
        try:
            answer: _T = method(request, timeout=CALL_SECONDS, metadata=self._metadata)
            return answer
        except grpc.RpcError as e:
            raise translated(e, self.address) from e
