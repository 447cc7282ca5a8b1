"""The service's own keys and certificates."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

import mixpolicy
from conftest import PROGRAM, Service
from test_steering import report, steer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("secured")


@pytest.fixture(scope="module")
def secured(folder: Path) -> Iterator[Service]:
    """Over mutual TLS, for holders of keys."""
    command("certificates", "create", str(folder / "certs"))
    certs = folder / "certs"
    started = Service(
        folder / "agent", "--authentication", "Keys", "--certificate-file", str(certs / "server.pem"),
        "--certificate-key-file", str(certs / "server.key"), "--client-authority-file", str(certs / "ca.pem"),
    )  # fmt: skip
    started.address = f"https://localhost:{started.port}"
    yield started
    started.kill()


def command(*arguments: str) -> str:
    return subprocess.run(["dotnet", str(PROGRAM), *arguments], check=True, capture_output=True, text=True).stdout


def key(folder: Path, owner: str, role: str) -> str:
    printed = command("keys", "create", "--owner", owner, "--role", role, "--data-folder", str(folder / "agent"))
    return next(word for word in printed.split() if word.startswith("mp_"))


def test_run_over_mutual_tls_with_a_key_and_not_with_another_owners(secured: Service, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certs = folder / "certs"
    monkeypatch.setenv("MIXPOLICY_CA_FILE", str(certs / "ca.pem"))
    monkeypatch.setenv("MIXPOLICY_CLIENT_CERTIFICATE", str(certs / "client.pem"))
    monkeypatch.setenv("MIXPOLICY_CLIENT_KEY", str(certs / "client.key"))
    (folder / "key").write_text(key(folder, "ann", "trainer") + "\n")
    monkeypatch.setenv("MIXPOLICY_KEY_FILE", str(folder / "key"))

    with steer(secured, agent="anns", run="one", intervals=2) as policy:
        for _ in policy:
            report(policy)

    def ask(**more: str) -> mixpolicy.Refused:
        with pytest.raises(mixpolicy.Refused) as refused, mixpolicy.PolicyClient(secured.address, **more) as client:
            client.get_run("agents/anns/runs/one")
        return refused.value

    assert ask(key=key(folder, "bob", "trainer")).code == grpc.StatusCode.NOT_FOUND
    wrong = ask(key="mp_nobody_nothing")
    assert wrong.code == grpc.StatusCode.UNAUTHENTICATED and "give a key of the service" in str(wrong) and "mp_nobody_nothing" not in str(wrong)
    with pytest.raises(mixpolicy.Refused, match="role trainer") as viewer, steer(secured, agent="bobs", key=key(folder, "bob", "viewer")):
        pass
    assert viewer.value.code == grpc.StatusCode.PERMISSION_DENIED
