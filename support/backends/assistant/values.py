"""JSON as the service takes it, from front ends, the model and the practice: what it takes it can keep, show, send on.

Python reads more than that: NaN and numbers beyond all, which no browser reads; half a character, which UTF-8 cannot
say; and lists within lists so deep that writing them fails.
"""

from __future__ import annotations

import json
from typing import Any

from support.backends import strict_json

DEEPEST = 100
"""Lists and objects within each other."""


class UnusableError(ValueError):
    """A text that is no such JSON; says why."""


def loaded(text: str, *, mending: bool = False) -> Any:
    """What a text says. Half a character becomes U+FFFD if `mending`. Raises UnusableError."""
    try:
        value = strict_json.read(text)
        if "\\ud" in text or "\\uD" in text:
            written = json.dumps(value, ensure_ascii=False)
            if mending:
                value = strict_json.read(whole_characters(written))
            else:
                written.encode()
    except UnicodeEncodeError:
        raise UnusableError("it holds half of a character (a lone surrogate)") from None
    except RecursionError:
        raise UnusableError("it is nested too deeply") from None
    except ValueError as fault:
        raise UnusableError(str(fault)) from None
    if text.count("[") + text.count("{") > DEEPEST and is_too_deep(value):
        raise UnusableError("it is nested too deeply")
    return value


def whole_characters(text: str) -> str:
    """A text with halves joined; a half without its other half becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def is_too_deep(value: Any) -> bool:
    """Whether more lists and objects stand within each other than are taken."""
    return strict_json.is_deeper(value, DEEPEST)
