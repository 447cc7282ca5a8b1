"""The real service, in a process of its own."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import mixpolicy

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden"


def free_port() -> int:
    """Not one that the system gives to outgoing connections: while nobody listens there, a client that retries could come to be connected with itself."""
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Service:
    """The agent service as users start it. It can be killed and started again on the same port and data."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self._folder = folder
        self._settings = settings
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        program = ROOT / "agent/MixPolicy.Agent/bin/Release/net10.0/MixPolicy.Agent.dll"
        assert program.exists(), "build the service first: dotnet build -c Release agent/MixPolicy.Agent"
        arguments = ["--grpc-port", str(self.port), "--http-port", "0", "--data-folder", str(self._folder), "--log-to-console", "false"]
        self._process = subprocess.Popen(["dotnet", str(program), *arguments, *self._settings])
        end = time.monotonic() + 120
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self._process.poll() is None, f"the service ended with {self._process.returncode}"
                assert time.monotonic() < end, "the service does not listen after 120 s"
                time.sleep(0.05)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service of the test's own."""
    started = Service(tmp_path / "agent")
    yield started
    started.kill()


@pytest.fixture(scope="module")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service for all tests of a file."""
    started = Service(tmp_path_factory.mktemp("agent"))
    yield started
    started.kill()


@pytest.fixture
def client(shared_service: Service) -> Iterator[mixpolicy.PolicyClient]:
    with mixpolicy.PolicyClient(shared_service.address) as opened:
        yield opened


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MIXPOLICY_")]:
        monkeypatch.delenv(name)
