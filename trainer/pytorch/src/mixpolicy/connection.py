"""The channel to the service: address, key, TLS."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Union
from urllib.parse import urlsplit

import grpc

from mixpolicy.errors import MixPolicyError

File = Union[str, "os.PathLike[str]"]

_OPTIONS = [
    # The service may be restarted at any moment; the channel's own back-off grows to two minutes otherwise. The "min" is the least time that connecting may take.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.min_reconnect_backoff_ms", 5000),
    ("grpc.max_receive_message_length", 32 * 1024 * 1024),
]


@dataclass(frozen=True)
class Connection:
    """How to reach a service."""

    address: str
    """http://host:port, or https://host:port for TLS."""
    key: Optional[str] = None
    """An API key, mp_<id>_<secret>. None means MIXPOLICY_KEY, or what the file MIXPOLICY_KEY_FILE holds, or no key."""
    ca_file: Optional[File] = None
    """PEM file of the authority that signed the service's certificate. None means MIXPOLICY_CA_FILE, or those gRPC trusts."""
    client_certificate: Optional[File] = None
    """PEM file of the client's certificate, where the service asks for one (mTLS). None means MIXPOLICY_CLIENT_CERTIFICATE, or none."""
    client_key: Optional[File] = None
    """PEM file of that certificate's private key. None means MIXPOLICY_CLIENT_KEY."""

    def open(self) -> grpc.Channel:
        """A channel. It connects when it is first used."""
        url = urlsplit(self.address)
        if url.scheme not in ("http", "https") or not url.hostname or url.path not in ("", "/") or _port(self.address) is None:
            raise MixPolicyError(f"address is {self.address!r}; allowed: http://host:port or https://host:port, as http://127.0.0.1:5080")
        target = url.netloc.rsplit("@", 1)[-1]
        options = list(_OPTIONS)
        if url.hostname in ("localhost", "127.0.0.1", "::1"):
            # A proxy for the outer world does not know this machine.
            options.append(("grpc.enable_http_proxy", 0))
        certificate = _file("client_certificate", self.client_certificate, "MIXPOLICY_CLIENT_CERTIFICATE")
        private = _file("client_key", self.client_key, "MIXPOLICY_CLIENT_KEY")
        authority = _file("ca_file", self.ca_file, "MIXPOLICY_CA_FILE")
        if url.scheme == "http":
            return grpc.insecure_channel(target, options)
        if (certificate is None) != (private is None):
            raise MixPolicyError("a client certificate needs both client_certificate and client_key; one is missing")
        return grpc.secure_channel(target, grpc.ssl_channel_credentials(authority, private, certificate), options)

    def metadata(self) -> list[tuple[str, str]]:
        """What every call carries."""
        key = self.key or os.environ.get("MIXPOLICY_KEY") or _text("MIXPOLICY_KEY_FILE")
        if not key:
            return []
        key = key.strip()
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise MixPolicyError("the key is not one line of ASCII without spaces; allowed: a key as the service gave it, mp_<id>_<secret>")
        return [("authorization", f"Bearer {key}")]


def _port(address: str) -> Optional[int]:
    try:
        return urlsplit(address).port
    except ValueError:
        return None


def _file(name: str, path: Optional[File], variable: str) -> Optional[bytes]:
    source = path if path is not None else os.environ.get(variable)
    if not source:
        return None
    try:
        return Path(source).read_bytes()
    except OSError as e:
        raise MixPolicyError(f"{name if path is not None else variable} is {str(source)!r}, which cannot be read: {e.strerror}") from e


def _text(variable: str) -> Optional[str]:
    content = _file(variable, None, variable)
    return None if content is None else content.decode("utf-8", "replace")
