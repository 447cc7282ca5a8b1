"""The generated stubs in the package are those of protos/."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2

from conftest import ROOT
from mixpolicy.v1 import agents_pb2, batches_pb2, decisions_pb2, policy_service_pb2, policy_service_pb2_grpc, runs_pb2

STUBS = [agents_pb2, batches_pb2, decisions_pb2, policy_service_pb2, runs_pb2]
HOW = "run trainer/pytorch/generate.sh and commit what it writes"


@pytest.mark.skipif(shutil.which("protoc") is None, reason="protoc is not installed")
def test_stubs_are_up_to_date(tmp_path: Path) -> None:
    protos = sorted((ROOT / "protos/mixpolicy/v1").glob("*.proto"))
    subprocess.run(["protoc", "-I", ROOT / "protos", "-o", tmp_path / "all", *protos], check=True)
    # Compared as the messages they are: whatever protoc is here, the contract is the same.
    contract = {file.name: file for file in descriptor_pb2.FileDescriptorSet.FromString((tmp_path / "all").read_bytes()).file}
    assert set(contract) == {stub.DESCRIPTOR.name for stub in STUBS}, HOW
    for stub in STUBS:
        ours = descriptor_pb2.FileDescriptorProto.FromString(stub.DESCRIPTOR.serialized_pb)
        theirs = contract[ours.name]
        for message in theirs.message_type:
            strip_json_names(message)
        for message in ours.message_type:
            strip_json_names(message)
        assert ours == theirs, f"{ours.name}: {HOW}"


def test_client_has_every_call() -> None:
    calls = {method.name for method in policy_service_pb2.DESCRIPTOR.services_by_name["PolicyService"].methods}
    assert calls and all(hasattr(policy_service_pb2_grpc.PolicyServiceServicer, call) for call in calls), HOW


def strip_json_names(message: descriptor_pb2.DescriptorProto) -> None:
    """protoc writes them into what it gives, and leaves them out of generated code."""
    for field in message.field:
        field.ClearField("json_name")
    for nested in message.nested_type:
        strip_json_names(nested)
