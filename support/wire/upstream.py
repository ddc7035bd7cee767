"""Where a system listens."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "redis": 6379, "rediss": 6379}
_IN_TLS = {"https", "wss", "rediss"}
_OPAQUE = {"redis", "rediss"}


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
    opaque: bool = False
    """Whether it speaks another protocol than HTTP: its bytes are carried and not read."""

    @staticmethod
    def parse(address: str) -> Upstream:
        """Read "http://host:port", or "redis://host:port"; anything else is a WireError that names it."""
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise WireError(f"{address!r} is not an address: {error}") from error
        if parts.scheme not in _PORTS or not parts.hostname:
            raise WireError(f"{_without_password(parts)!r} is not an address; give one such as http://127.0.0.1:8000")
        tls = parts.scheme in _IN_TLS
        path, opaque = parts.path.rstrip("/"), parts.scheme in _OPAQUE
        return Upstream(_without_password(parts), parts.hostname, port or _PORTS[parts.scheme], tls, path, opaque)

    @property
    def scheme(self) -> str:
        """How clients of a proxy before it speak to that proxy: never in TLS."""
        return "redis" if self.opaque else "http"


def _without_password(parts: SplitResult) -> str:
    """The address as it may be shown."""
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
