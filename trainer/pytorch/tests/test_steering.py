"""Runs against the real service."""

from __future__ import annotations

import itertools
import logging
import json
from typing import Any

import grpc
import pytest

import mixpolicy
from conftest import Service
from mixpolicy.v1 import runs_pb2

_ids = itertools.count()


def steer(service: Service, **more: Any) -> mixpolicy.SteeredRun:
    arguments: dict[str, Any] = {"agent": f"agent-{next(_ids)}", "intervals": 4, "classes": 10, "peak_learning_rate": 0.1}
    return mixpolicy.steer(service.address, **{**arguments, **more})


def report(policy: mixpolicy.SteeredRun, noise: float = 0.0) -> None:
    epoch = policy.decision.epoch
    policy.report(train_loss=2.3 / (epoch + 1) + noise, train_top1=0.2, learning_rate=0.1, holdout_loss=2.2 / (epoch + 1) + noise, holdout_top1=0.3)


def test_loop_whole_run_is_decided_reported_rewarded_and_finished(shared_service: Service, client: mixpolicy.PolicyClient) -> None:
    seen = []
    with steer(shared_service, run="first", dataset="toy", network="none") as policy:
        for epoch in policy:
            seen.append((epoch, policy.decision.method))
            report(policy)

    run = client.get_run(policy.run_name)
    assert run.state == runs_pb2.RUN_STATE_FINISHED and (run.decisions, run.reports) == (4, 4) and run.spec.dataset == "toy"
    log = list(client.decisions(policy.run_name))
    assert [epoch for epoch, _ in seen] == [0, 1, 2, 3]
    assert [mixpolicy.METHODS[method] for _, method in seen] == [record.decision.choice.method for record in log]
    assert all(record.HasField("reward") and record.report.timing.train.nanos > 0 for record in log)


def test_break_ends_the_run_early_and_an_error_leaves_it(shared_service: Service, client: mixpolicy.PolicyClient) -> None:
    with steer(shared_service) as short:
        for epoch in short:
            report(short)
            if epoch == 1:
                break
    assert client.get_run(short.run_name).state == runs_pb2.RUN_STATE_FINISHED
    assert client.get_run(short.run_name).reports == 2

    with pytest.raises(ZeroDivisionError), steer(shared_service) as broken:
        for _ in broken:
            report(broken)
            raise ZeroDivisionError
    assert client.get_run(broken.run_name).state == runs_pb2.RUN_STATE_ACTIVE


def test_missing_report_is_named(shared_service: Service) -> None:
    with pytest.raises(mixpolicy.MixPolicyError, match=r"epoch 0 was not reported"), steer(shared_service) as policy:
        for _ in policy:
            pass


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [("train_loss", float("nan"), ">= 0"), ("train_top1", 17.0, r"\[0, 1\]"), ("holdout_loss", -1.0, ">= 0"), ("gradient_similarity", 2.0, r"\[-1, 1\]")],
)
def test_bad_report_is_refused_at_once_and_can_be_corrected(shared_service: Service, field: str, value: float, allowed: str) -> None:
    good: dict[str, Any] = {"train_loss": 1.0, "train_top1": 0.5, "learning_rate": 0.1, "holdout_loss": 1.0}
    with steer(shared_service, intervals=1) as policy:
        for _ in policy:
            with pytest.raises(ValueError, match=f"{field} is {value}; allowed: .*{allowed}"):
                policy.report(**{**good, field: value})
            policy.report(**good)


def test_checkpoint_resumes_under_the_same_lease_with_the_same_decisions(shared_service: Service, client: mixpolicy.PolicyClient) -> None:
    agent, checkpoint, first = "resumed", "", []
    with pytest.raises(KeyboardInterrupt), steer(shared_service, agent=agent, run="one") as policy:
        for epoch in policy:
            first.append(policy.decision)
            report(policy)
            if epoch == 1:
                checkpoint = json.dumps(policy.state_dict())
            if epoch == 2:  # The crash: epoch 2 is decided, and not in the checkpoint.
                raise KeyboardInterrupt

    again = []
    with steer(shared_service, agent=agent, state=json.loads(checkpoint)) as policy:
        for epoch in policy:
            again.append((epoch, policy.decision))
            report(policy, noise=0.01)

    assert [epoch for epoch, _ in again] == [2, 3]
    assert again[0][1] == first[2]
    run = client.get_run("agents/resumed/runs/one")
    assert run.state == runs_pb2.RUN_STATE_FINISHED and run.reports == 4


def test_training_repeated_from_the_start_gets_the_stored_decisions(service: Service) -> None:
    first, token = [], None
    with pytest.raises(KeyboardInterrupt), steer(service, agent="again", run="one") as policy:
        start = policy.state_dict()  # A checkpoint of before the first epoch.
        for epoch in policy:
            first.append(policy.decision)
            report(policy)
            if epoch == 2:
                raise KeyboardInterrupt

    with steer(service, agent="again", state=start) as policy:
        repeated = []
        for _ in policy:
            repeated.append(policy.decision)
            report(policy, noise=0.1)  # Another report than the agent has: what it learned from stays.
    assert repeated[:3] == first
    with mixpolicy.PolicyClient(service.address) as client:
        losses = [record.report.holdout_loss for record in client.decisions(policy.run_name)]
    assert losses == pytest.approx([2.2, 1.1, 2.3, 2.3], abs=2.0) and losses[:2] == pytest.approx([2.2, 1.1])


def test_service_killed_in_an_epoch_is_waited_for(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    decisions = []
    with steer(service, patience=60) as policy:
        for epoch in policy:
            decisions.append(policy.decision)
            if epoch == 1:
                service.kill()
                service.start()
            report(policy)
    assert not any(decision.fallback for decision in decisions)
    with mixpolicy.PolicyClient(service.address) as client:
        assert client.get_run(policy.run_name).state == runs_pb2.RUN_STATE_FINISHED


def test_service_away_the_last_choice_holds_and_the_agent_is_told_later(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    decisions = []
    with caplog.at_level(logging.WARNING, logger="mixpolicy"), steer(service, intervals=1000, patience=3) as policy:
        for epoch in policy:
            decisions.append(policy.decision)
            report(policy)
            if epoch == 1:
                service.kill()
            if epoch == 3:
                service.start()
            if epoch > 3 and not policy.decision.fallback:
                break

    away = len(decisions) - 3
    assert [decision.fallback for decision in decisions] == [False, False, *[True] * away, False] and away >= 2
    assert {decision.method for decision in decisions[1:-1]} == {decisions[1].method}
    assert "away for" in caplog.text and "is back" in caplog.text
    with mixpolicy.PolicyClient(service.address) as client:
        log = list(client.decisions(policy.run_name))
    assert [record.report.HasField("fallback") for record in log] == [False, False, *[True] * away, False]
    assert [record.HasField("reward") for record in log] == [True, True, *[False] * away, True]


def test_service_away_at_the_end_is_told_from_the_checkpoint(service: Service) -> None:
    with steer(service, agent="late", intervals=2, patience=0.5) as policy:
        for epoch in policy:
            report(policy)
            if epoch == 1:
                service.kill()
    state = policy.state_dict()
    service.start()
    with steer(service, agent="late", intervals=2, state=state) as policy:
        assert list(policy) == []
    with mixpolicy.PolicyClient(service.address) as client:
        run = client.get_run(policy.run_name)
    assert run.state == runs_pb2.RUN_STATE_FINISHED and run.reports == 2


def test_first_contact_fails_with_advice() -> None:
    with pytest.raises(mixpolicy.Unreachable, match="Is it started"):
        mixpolicy.steer("http://127.0.0.1:1", agent="a", intervals=1, classes=2, peak_learning_rate=1, patience=0.3).__enter__()


def test_finished_run_and_other_spec_are_refused_in_words(shared_service: Service) -> None:
    with steer(shared_service, agent="done", run="one", intervals=1) as policy:
        for _ in policy:
            report(policy)
    with pytest.raises(mixpolicy.Refused, match="is finished after 1 epochs; give another run"):
        steer(shared_service, agent="done", run="one", intervals=1).__enter__()
    with pytest.raises(mixpolicy.Refused, match="classes") as refused:
        steer(shared_service, agent="done", run="one", intervals=1, classes=7).__enter__()
    assert refused.value.code == grpc.StatusCode.ALREADY_EXISTS
    with pytest.raises(mixpolicy.Refused, match="seed"):
        steer(shared_service, agent="done", spec=mixpolicy.agent_spec(seed=5)).__enter__()


def test_existing_agent_is_taken_as_it_is(shared_service: Service, client: mixpolicy.PolicyClient) -> None:
    client.create_agent("fixed-one", mixpolicy.agent_spec("fixed", ["cutmix"]))
    with steer(shared_service, agent="fixed-one", intervals=1) as policy:
        for _ in policy:
            assert str(policy.decision) == "cutmix α=1.00 on 50 % of batches"
            report(policy)


def test_batch_policies_are_refused_in_words(shared_service: Service, client: mixpolicy.PolicyClient) -> None:
    spec = mixpolicy.agent_spec()
    spec.ClearField("action_space")
    spec.rl_mix_set.SetInParent()
    client.create_agent("batches", spec)
    with pytest.raises(mixpolicy.MixPolicyError, match="batch by batch"), steer(shared_service, agent="batches") as policy:
        policy.begin(0)
