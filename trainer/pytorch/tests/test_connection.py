"""Keys and TLS over a real socket: the server here is gRPC's own, which tells what it was sent."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import pytest

import mixpolicy
from conftest import free_port
from mixpolicy.v1 import agents_pb2, policy_service_pb2_grpc

KEY = "mp_abc123_s3cret"


class Witness(policy_service_pb2_grpc.PolicyServiceServicer):
    def GetAgent(self, request: Any, context: grpc.ServicerContext) -> agents_pb2.Agent:
        metadata = dict(context.invocation_metadata())
        if metadata.get("authorization") != f"Bearer {KEY}":
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "no key")
        return agents_pb2.Agent(name=request.name)


@pytest.fixture(params=["http", "https", "mtls"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    server = grpc.server(futures.ThreadPoolExecutor(2))
    policy_service_pb2_grpc.add_PolicyServiceServicer_to_server(Witness(), server)
    port = free_port()
    if request.param == "http":
        server.add_insecure_port(f"127.0.0.1:{port}")
    else:
        if shutil.which("openssl") is None:
            pytest.skip("openssl is not installed")
        for name in ("server", "client"):
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", f"/CN={name}",
                 "-addext", "subjectAltName=DNS:localhost", "-keyout", tmp_path / f"{name}.key", "-out", tmp_path / f"{name}.pem"],
                check=True, capture_output=True,
            )  # fmt: skip
        pair = ((tmp_path / "server.key").read_bytes(), (tmp_path / "server.pem").read_bytes())
        mutual = request.param == "mtls"
        credentials = grpc.ssl_server_credentials([pair], (tmp_path / "client.pem").read_bytes() if mutual else None, mutual)
        server.add_secure_port(f"127.0.0.1:{port}", credentials)
    server.start()
    yield f"{'http' if request.param == 'http' else 'https'}://localhost:{port}"
    server.stop(0).wait()


def ask(address: str, **more: Any) -> str:
    with mixpolicy.PolicyClient(address, **more) as client:
        return client.get_agent("agents/x").name


def test_key_and_certificates_as_arguments_and_in_the_environment(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, Any] = {}
    if address.startswith("https"):
        files = {"ca_file": tmp_path / "server.pem", "client_certificate": tmp_path / "client.pem", "client_key": tmp_path / "client.key"}
    assert ask(address, key=KEY, **files) == "agents/x"

    (tmp_path / "key").write_text(KEY + "\n")
    monkeypatch.setenv("MIXPOLICY_KEY_FILE", str(tmp_path / "key"))
    for name, file in files.items():
        monkeypatch.setenv(f"MIXPOLICY_{name.upper()}", str(file))
    assert ask(address) == "agents/x"

    monkeypatch.setenv("MIXPOLICY_KEY", "mp_other_key")
    with pytest.raises(mixpolicy.Refused, match="no key .UNAUTHENTICATED.; give a key of the service: key=..., or MIXPOLICY_KEY") as refused:
        ask(address)
    assert "mp_other_key" not in str(refused.value)


@pytest.mark.parametrize("address", ["https"], indirect=True)
def test_server_of_an_unknown_authority_is_not_trusted(address: str) -> None:
    with pytest.raises(mixpolicy.Unreachable):
        ask(address, key=KEY)


@pytest.mark.parametrize("address", ["mtls"], indirect=True)
def test_server_that_wants_a_certificate_refuses_a_client_without(address: str, tmp_path: Path) -> None:
    with pytest.raises(mixpolicy.Unreachable):
        ask(address, key=KEY, ca_file=tmp_path / "server.pem")


@pytest.mark.parametrize("text", ["localhost:5080", "ftp://host:1", "http://host", "http://host:port", "http://host:1/path", "http://host:99999", ""])
def test_address_that_is_none_is_named(text: str) -> None:
    with pytest.raises(mixpolicy.MixPolicyError, match="address is '.*'; allowed: http://host:port"):
        mixpolicy.PolicyClient(text)


def test_mistakes_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(mixpolicy.MixPolicyError, match="one line of ASCII"):
        mixpolicy.PolicyClient(key="two words")
    with pytest.raises(mixpolicy.MixPolicyError, match="ca_file is '/nowhere', which cannot be read: No such file"):
        mixpolicy.PolicyClient("https://localhost:1", ca_file="/nowhere")
    (tmp_path / "pem").touch()
    with pytest.raises(mixpolicy.MixPolicyError, match="both client_certificate and client_key"):
        mixpolicy.PolicyClient("https://localhost:1", client_certificate=tmp_path / "pem")
    monkeypatch.setenv("MIXPOLICY_KEY_FILE", "/nowhere/key")
    with pytest.raises(mixpolicy.MixPolicyError, match="MIXPOLICY_KEY_FILE is '/nowhere/key'"):
        mixpolicy.PolicyClient()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"policy": "sarsa"}, "policy is 'sarsa'; allowed: ppo, random"),
        ({"methods": ["mixup"]}, r"methods is \['mixup'\]; allowed: one or more of vanilla, input-mixup"),
        ({"methods": []}, r"methods is \[\]"),
        ({"reward": "luck"}, "reward is 'luck'; allowed: held-out"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_agent_spec_names_what_is_wrong(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(mixpolicy.MixPolicyError, match=message):
        mixpolicy.agent_spec(**arguments)
