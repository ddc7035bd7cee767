"""Evidence: what a step saw, attached to it in the report. Redacted, bounded in size, nothing without a reporter."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from typing import Any, Literal

import allure_commons
from allure_commons.types import AttachmentType
from pydantic import BaseModel

from support.reporting.redaction import redact_text, redact_value

Kind = Literal["text", "json", "html", "csv", "png"]

KINDS: dict[Kind, AttachmentType] = {
    "text": AttachmentType.TEXT,
    "json": AttachmentType.JSON,
    "html": AttachmentType.HTML,
    "csv": AttachmentType.CSV,
    "png": AttachmentType.PNG,
}

TEXT_LIMIT = 200_000
"""Characters of one textual attachment; what is longer loses its middle."""

IMAGE_LIMIT = 5_000_000
"""Bytes of one image; a bigger one is named, not attached."""


class Redacted(str):
    """Text that holds no secret any more: it is not searched again, which costs 0.3 ms for each 1,000 characters."""

    __slots__ = ()


def wanted() -> bool:
    """Whether anybody takes evidence: what is costly to render need not be rendered for nobody."""
    return bool(allure_commons.plugin_manager.hook.attach_data.get_hookimpls())


def attach(name: str, body: str | bytes, kind: Kind = "text") -> None:
    """Attach to what is open in the report: a step, a hook, the scenario, or the run when none of them is.

    Bytes of a textual kind are read as UTF-8, with what is not UTF-8 shown as escapes. Text is redacted, unless it is
    `Redacted` already. Without a reporter: nothing.
    """
    if kind == "png":
        image = body if isinstance(body, bytes) else body.encode()
        if len(image) > IMAGE_LIMIT:
            _tell(name, f"an image of {len(image):,} bytes is not attached (the limit is {IMAGE_LIMIT:,})", "text")
        else:
            _tell(name, image, "png")
        return
    text = body if isinstance(body, str) else body.decode("utf-8", errors="backslashreplace")
    clean = text if isinstance(text, Redacted) else Redacted(redact_text(text))
    # Cut after redaction, or half a secret would pass; and what has lost its middle is no JSON any more.
    bounded = shortened(clean, TEXT_LIMIT)
    _tell(name, Redacted(bounded), "text" if bounded is not clean and kind == "json" else kind)


def attach_json(name: str, value: Any) -> None:
    """Attach a value as indented JSON; what stands under a key such as `api_key` is masked, whatever its type."""
    plain = json.loads(json.dumps(_plain(value), default=repr))
    attach(name, Redacted(json.dumps(redact_value(plain), indent=2, ensure_ascii=False)), "json")


def attach_comparison(expected: Any, actual: Any, nearest: Sequence[Any] = ()) -> None:
    """Attach what was expected, what was there, how they differ and, where several could be meant, the nearest ones."""
    wanted, found = as_text(expected), as_text(actual)
    attach("Expected", wanted)
    attach("Actual", found)
    attach("Difference", difference(wanted, found))
    if nearest:
        attach("Nearest candidates", "\n\n".join(map(as_text, nearest)))


def difference(expected: str, actual: str) -> str:
    """A unified difference by line; says so when there is none."""
    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), "expected", "actual", lineterm="")
    return "\n".join(lines) or "no difference in the text"


def as_text(value: Any) -> str:
    """Text as it is, anything else as indented JSON; what JSON does not know, as Python shows it."""
    if isinstance(value, str):
        return value
    return json.dumps(_plain(value), indent=2, ensure_ascii=False, default=repr)


def shortened(text: str, limit: int) -> str:
    """The text, or its head and tail around a note of how much is left out."""
    if len(text) <= limit:
        return text
    head, tail = limit * 3 // 4, limit // 4
    return f"{text[:head]}\n… {len(text) - head - tail:,} characters left out …\n{text[-tail:]}"


def _plain(value: Any) -> Any:
    """A pydantic model as the JSON value that it stands for; anything else as it is."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def _tell(name: str, body: str | bytes, kind: Kind) -> None:
    allure_commons.plugin_manager.hook.attach_data(
        body=body, name=redact_text(name), attachment_type=KINDS[kind], extension=None
    )
