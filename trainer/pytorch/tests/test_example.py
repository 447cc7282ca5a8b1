"""The CIFAR example as users start it: its own process, killed and resumed."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import mixpolicy
from conftest import ROOT, Service
from mixpolicy.v1 import runs_pb2

PYTORCH = ROOT / "trainer" / "pytorch"


def cifar(folder: Path) -> Path:
    """Files of CIFAR-10's format: each class has a colour of its own, so that a small network learns it."""
    draw = random.Random(1)
    colours = [[draw.randrange(60, 256) * (draw.random() < 0.6) for _ in range(3)] for _ in range(10)]
    for name, images in (("data_batch_1.bin", 400), ("test_batch.bin", 100)):
        with open(folder / name, "wb") as file:
            for i in range(images):
                file.write(bytes([i % 10]))
                for colour in colours[i % 10]:
                    file.write(bytes(min(255, colour + draw.randrange(20)) for _ in range(1024)))
    return folder


def start(service: Service, folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, PYTORCH / "examples" / "cifar.py", "--data", folder, "--address", service.address, "--agent", "example", "--epochs", "4",
               "--width", "4", "--batch", "20", "--lr", "0.1", "--workers", "2", "--checkpoint", folder / "cifar.pt", *more]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(PYTORCH / "src"), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_example_killed_in_training_goes_on_in_the_same_run(shared_service: Service, client: mixpolicy.PolicyClient, tmp_path: Path) -> None:
    folder = cifar(tmp_path)
    first = start(shared_service, folder)
    assert first.stdout is not None
    seen = [next(first.stdout, ""), next(first.stdout, "")]
    first.kill()
    rest, error = first.communicate()
    assert seen[1].startswith("epoch 2/4"), error

    second = start(shared_service, folder, "--resume", str(folder / "cifar.pt"))
    output, error = second.communicate(timeout=300)
    assert second.returncode == 0, error
    lines = output.splitlines()
    assert lines[0].startswith("epoch 3/4") or "epoch 3/4" in rest
    top1, run = float(lines[-1].split("%")[0].split()[-1]), lines[-1].split()[-1]
    assert top1 > 50
    reported = client.get_run(run)
    assert reported.state == runs_pb2.RUN_STATE_FINISHED and reported.reports == 4
    assert reported.spec.network == "preact-w4"
    assert all(record.report.timing.images == 360 for record in client.decisions(run))


def test_example_without_data_says_so(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(PYTORCH / "src")}
    ended = subprocess.run([sys.executable, PYTORCH / "examples" / "cifar.py", "--data", tmp_path], capture_output=True, text=True, env=environment)
    assert ended.returncode == 1 and "there is no data_batch_*.bin in it" in ended.stderr and "Traceback" not in ended.stderr
