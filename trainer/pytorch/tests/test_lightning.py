"""The Lightning callback against the real service. Lightning itself cannot be installed where these tests were written: its hooks are called here in the order its
documentation gives, by a loop of a few lines; nothing of Lightning's own code has run."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch

import mixpolicy
from conftest import Service
from mixpolicy.v1 import runs_pb2


@pytest.fixture
def steering(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("lightning", "lightning.pytorch"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["lightning.pytorch"].Callback = object  # type: ignore[attr-defined]
    monkeypatch.delitem(sys.modules, "mixpolicy.lightning", raising=False)
    return importlib.import_module("mixpolicy.lightning").Steering


def fit(callback: Any, epochs: int, first: int = 0, fail_in: int = -1) -> dict[str, Any]:
    trainer = SimpleNamespace(
        max_epochs=epochs, current_epoch=0, sanity_checking=True, callback_metrics={}, optimizers=[SimpleNamespace(param_groups=[{"lr": 0.1}])]
    )
    checkpoint: dict[str, Any] = {}
    callback.on_fit_start(trainer, None)
    callback.on_validation_end(trainer, None)  # The sanity check.
    trainer.sanity_checking = False
    try:
        for trainer.current_epoch in range(first, epochs):
            callback.on_train_epoch_start(trainer, None)
            for batch in range(3):
                images, targets = callback.policy.mix(torch.randn(4, 3, 8, 8), torch.arange(4), torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 4)))
                assert targets.shape == (4, 4)
                callback.on_train_batch_end(trainer, None, {"loss": torch.tensor(2.0), "top1": torch.tensor(0.5)}, None, batch)
            if trainer.current_epoch == fail_in:
                raise KeyboardInterrupt
            trainer.callback_metrics = {"val_loss": torch.tensor(1.5), "val_acc": torch.tensor(0.4)}
            callback.on_validation_end(trainer, None)
            checkpoint = callback.state_dict()
    except KeyboardInterrupt as e:
        callback.on_exception(trainer, None, e)
    else:
        callback.on_fit_end(trainer, None)
        assert callback.state_dict() == checkpoint
    return checkpoint


def test_callback_steers_reports_and_resumes(steering: Any, shared_service: Service, client: mixpolicy.PolicyClient) -> None:
    arguments = {"address": shared_service.address, "agent": "lightning", "run": "one", "classes": 4, "peak_learning_rate": 0.1}
    checkpoint = fit(steering(**arguments), epochs=4, fail_in=2)
    assert client.get_run("agents/lightning/runs/one").state == runs_pb2.RUN_STATE_ACTIVE

    resumed = steering(**arguments)
    resumed.load_state_dict(checkpoint)
    fit(resumed, epochs=4, first=2)

    assert client.get_run("agents/lightning/runs/one").state == runs_pb2.RUN_STATE_FINISHED
    log = list(client.decisions("agents/lightning/runs/one"))
    assert [(r.report.train_loss, r.report.train_top1_weighted, r.report.holdout_loss, r.report.timing.images) for r in log] == [(2.0, 0.5, 1.5, 12)] * 4
    with pytest.raises(RuntimeError, match="while Trainer.fit runs"):
        resumed.policy.mix(None, None)
