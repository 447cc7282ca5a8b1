"""The way in: a training loop is attached to an agent."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any, Optional

from mixpolicy.backlog import Backlog
from mixpolicy.client import PolicyClient
from mixpolicy.connection import File
from mixpolicy.errors import MixPolicyError
from mixpolicy.run_hold import RunHold
from mixpolicy.steered_run import SteeredRun
from mixpolicy.v1 import agents_pb2, runs_pb2


def steer(
    address: str = "http://127.0.0.1:5080",
    *,
    agent: str,
    intervals: int,
    classes: int,
    peak_learning_rate: float,
    run: Optional[str] = None,
    spec: Optional[agents_pb2.AgentSpec] = None,
    dataset: str = "",
    network: str = "",
    labels: Optional[Mapping[str, str]] = None,
    initial_holdout_loss: Optional[float] = None,
    state: Optional[dict[str, Any]] = None,
    seed: int = 0,
    patience: float = 60.0,
    key: Optional[str] = None,
    ca_file: Optional[File] = None,
    client_certificate: Optional[File] = None,
    client_key: Optional[File] = None,
) -> SteeredRun:
    """Attaches a training loop to an agent. Use the result as a context, and iterate over it for the epochs.

    :param address: Of the service's gRPC port: http://host:port, or https://host:port for TLS.
    :param agent: Id of the agent, [a-z0-9-]; it is made if it is not there, and goes on learning from run to run.
    :param intervals: Epochs planned.
    :param classes: Of the data set, at least 2.
    :param peak_learning_rate: Highest learning rate of the schedule, above 0.
    :param run: Id of the run, like an agent's; a run of this id and spec that is not finished is taken up again. None makes a new one.
    :param spec: Of the agent, from :func:`mixpolicy.agent_spec`. An agent of this id with another spec is refused. None takes the agent as it is, or makes one that
        learns (PPO) to choose among vanilla, input-mixup, cutmix and rmix.
    :param dataset: Shown on dashboards, as ``network`` and ``labels``.
    :param initial_holdout_loss: Held-out loss before training; None means that of a guess, log(classes).
    :param state: What ``state_dict()`` gave when the checkpoint was saved that the training goes on from: its run is taken up at the next epoch.
    :param seed: Of the mixing's draws.
    :param patience: Seconds that a service which cannot be reached is waited for, before the training goes on under the last choice.
    :param key: API key, as ``ca_file``, ``client_certificate`` and ``client_key`` explained in :class:`mixpolicy.connection.Connection`.
    """
    client = PolicyClient(address, key=key, ca_file=ca_file, client_certificate=client_certificate, client_key=client_key)
    run_spec = runs_pb2.RunSpec(
        intervals=intervals, classes=classes, peak_learning_rate=peak_learning_rate, dataset=dataset, network=network, labels=labels or {},
        initial_holdout_loss=initial_holdout_loss,
    )
    if state is None:
        backlog = Backlog(agent, run or time.strftime("run-%Y%m%d-%H%M%S-") + secrets.token_hex(3))
    else:
        backlog = Backlog.of(state)
        if backlog.agent != agent or run not in (None, backlog.run):
            raise MixPolicyError(f"state is of run {backlog.run} of agent {backlog.agent}; agent is {agent!r} and run {run!r}: give those of the state")
    return SteeredRun(RunHold(client, spec, run_spec, backlog), resumed=state is not None, seed=seed, patience=patience)
