"""Who asks: a bearer token, the hash that stands for it wherever something is kept, and the profile acted as."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import SecretStr

_SCHEME = "bearer"


class UnfitProfileError(ValueError):
    """A profile that could not be shown to the practice."""

    def __init__(self) -> None:
        super().__init__("The header ProfileID has characters that cannot be sent on; it is an id in plain ASCII.")


@dataclass(frozen=True)
class Caller:
    """Made from a request or a connection. `profile` is a ProfileID; "client-…" is a client's."""

    token: SecretStr
    user: str
    """SHA-256 of the token in hex: what is stored and compared, never the token."""
    profile: str | None
    ip: str | None = None
    user_agent: str | None = None


def user_of(token: str) -> str:
    """What stands for a token wherever something is stored, compared or logged."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def caller_from(token: str, headers: Mapping[str, str], ip: str | None) -> Caller:
    """The caller who shows this token; profile and user agent are those of the headers. Raises UnfitProfileError."""
    profile = headers.get("profileid") or None
    if profile is not None and not fits_header(profile):
        raise UnfitProfileError
    return Caller(
        token=SecretStr(token),
        user=user_of(token),
        profile=profile,
        ip=ip,
        user_agent=headers.get("user-agent"),
    )


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header; None when it shows none."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    token = token.strip()
    return token if scheme.lower() == _SCHEME and token and fits_header(token) else None


def fits_header(text: str) -> bool:
    """Whether a token, or a profile, can be sent on to the practice API as it is."""
    return text.isascii() and text.isprintable() and text == text.strip()


def renewed(caller: Caller, token: str | None, profile: str | None) -> Caller:
    """The same user with the token, and the profile, that the next calls to the practice API are to carry."""
    changed = caller
    if token is not None:
        changed = replace(changed, token=SecretStr(token))
    if profile is not None:
        changed = replace(changed, profile=profile)
    return changed
