"""Whether a system at an address is there and lets us in, asked once before its scenarios; if not, what to do."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from support.configuring import Problem
from support.running.systems import SystemUnderTest
from support.wire.records import Exchange

SWITCHED, TOO_MANY, BROKEN = 101, 429, 500
CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"
NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_EOF", "UNKNOWN_PROTOCOL")
"""What TLS says of a peer that does not speak it."""


def trouble(system: SystemUnderTest, target: str) -> Problem | None:
    """Why nothing can be asked of the system; None when it can, or was started here."""
    origin = f"target {target}, {system.name}"
    for variable, lets_in in system.knocks().items():
        at = system.target.settings.address or variable  # of Redis one setting is both
        try:
            fault = None if lets_in() else _refused(_last(system), system)
            field = variable
        except ConnectionError as silence:
            fault, field = _silent(_last(system), system, silence), at
        except AssertionError as oddity:
            fault, field = _another(_last(system), system, oddity), at
        system.proxy.drain_conversations()
        if fault is not None:
            return Problem(field, origin, *fault)
    return None


def _last(system: SystemUnderTest) -> Exchange | None:
    ended = system.proxy.drain()
    return ended[-1] if ended else None


def _refused(exchange: Exchange | None, system: SystemUnderTest) -> tuple[str, str]:
    status = f" with status {exchange.status}" if exchange is not None and (exchange.status or 0) >= 400 else ""
    return f"the key is refused by {system.proxy.upstream}{status}", "give a valid one in the environment or .env"


def _silent(exchange: Exchange | None, system: SystemUnderTest, silence: ConnectionError) -> tuple[str, str]:
    told = exchange.fault if exchange is not None else None
    why = told or f"no answer from {system.proxy.upstream}: {silence.__cause__ or silence}"
    if CERTIFICATE in why:
        return why, "name the file of the authority that vouches for it: SSL_CERT_FILE"
    if any(sign in why for sign in NO_TLS):
        return why, "there is no TLS at that port: http:// instead of https://, or another port"
    return why, "start it, or correct the address"


def _another(exchange: Exchange | None, system: SystemUnderTest, oddity: AssertionError) -> tuple[str, str]:
    if exchange is None or exchange.status in (None, SWITCHED):
        fault = f"{system.proxy.upstream} answers otherwise than promised: {oddity}"
        return fault, "correct the address, or look at its log"
    if exchange.status == TOO_MANY or exchange.status >= BROKEN:
        return f"{system.proxy.upstream} answers with status {exchange.status}", "try again later, or look at its log"
    headers = {name.lower(): value for name, value in exchange.response_headers}
    kind = headers.get("content-type", "no media type").partition(";")[0]
    leads = f", to {_without_secrets(headers['location'])}" if "location" in headers else ""
    asked = f"{exchange.method} {exchange.path.partition('?')[0]}"
    said = f"status {exchange.status} and {kind}{leads}"
    fault = f"{system.proxy.upstream} answers {asked} with {said}: another program than {system.name}"
    return fault, "correct the address"


def _without_secrets(location: str) -> str:
    """Without query and fragment, where tokens stand, and without a user."""
    place = urlsplit(location)
    return urlunsplit((place.scheme, place.netloc.rpartition("@")[2], place.path, "", ""))
