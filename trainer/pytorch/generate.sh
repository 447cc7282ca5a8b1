#!/usr/bin/env bash
# Makes the Python stubs of the contract, src/mixpolicy/v1, from protos/. They are part of the repository, so that users need no compiler; run this after a change of
# protos/ and commit what it writes (a test tells when it was forgotten).
# Needs protoc 3.20 or 3.21 with the gRPC plugin for Python: what newer ones write does not run on the protobuf 3.21 and grpcio 1.51 that the package supports,
# while what these write runs on newer ones. On Debian 12: apt-get install protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
set -euo pipefail
cd "$(dirname "$0")"
out=${1:-src}

protoc --version | grep -Eq ' (3\.)?2[01]\.' || { echo "generate.sh: needs protoc 3.20 or 3.21, not '$(protoc --version)'" >&2; exit 1; }
plugin=$(command -v grpc_python_plugin) || { echo "generate.sh: grpc_python_plugin is missing: apt-get install protobuf-compiler-grpc" >&2; exit 1; }

rm -f "$out"/mixpolicy/v1/*_pb2*.py*
protoc -I ../../protos --python_out="$out" --pyi_out="$out" ../../protos/mixpolicy/v1/*.proto
# The only file with a service.
protoc -I ../../protos --plugin=protoc-gen-grpc="$plugin" --grpc_out="$out" ../../protos/mixpolicy/v1/policy_service.proto
