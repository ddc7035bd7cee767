"""Where a system listens."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


class WireError(RuntimeError):
    """The wire itself failed, or was used wrongly: never the traffic's fault."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a system listens."""

    address: str
    host: str
    port: int
    tls: bool
    path: str

    @staticmethod
    def parse(address: str) -> Upstream:
        """Read "http://host:port"; anything else is a WireError that names it."""
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise WireError(f"{address!r} is not an address: {error}") from error
        if parts.scheme not in {"http", "https", "ws", "wss"} or not parts.hostname:
            raise WireError(f"{address!r} is not an address; give one such as http://127.0.0.1:8000")
        tls = parts.scheme in {"https", "wss"}
        return Upstream(address, parts.hostname, port or (443 if tls else 80), tls, parts.path.rstrip("/"))
