"""Keys: where a request carries one, whether it is accepted, how it is shown."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

_LONG, _SHORT = 12, 8


def bearer(headers: Mapping[str, str]) -> str:
    """The key in `Authorization: Bearer …`; empty when there is none."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def is_accepted(key: str, accepted: Iterable[str]) -> bool:
    """Whether the key is one of these; any key is when there are none."""
    known = list(accepted)
    return not known or any(secrets.compare_digest(key.encode(), each.encode()) for each in known)


def masked(key: str) -> str:
    """A key as error messages show it.

    Longer than 12 characters: the first 8, a star for each that is hidden, the last 4. 9 to 12 characters: the first 4,
    four stars, the last 4. Shorter: nothing but stars.
    """
    if len(key) > _LONG:
        return f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}"
    if len(key) > _SHORT:
        return f"{key[:4]}****{key[-4:]}"
    return "*" * len(key)
