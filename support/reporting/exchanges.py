"""Renders what passed on the wire as evidence: plain text, redacted, bounded; whatever a payload holds stays text."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from support.reporting import evidence
from support.reporting.redaction import redact_body, redact_headers, redact_text, redact_torn_text, redact_value
from support.wire.records import Body, Conversation, Exchange, Frame, Headers

BODY_LIMIT = 32_000
"""Characters of one body that are shown."""
FRAME_LIMIT = 2_000
"""Characters of one frame that are shown."""
FRAMES_LIMIT = 500
"""Frames of one conversation that are shown."""
_PRETTY_LIMIT = 64 * 1024
"""Bytes of JSON that are worth parsing."""
_INFLATED_LIMIT = 1024 * 1024
_MARGIN = 4096
"""Characters read beyond what is shown, so that no secret is cut in two before it is recognised."""
_BINARY_LIMIT = 2_000
_TOOLS_SHOWN = 5
"""Tools offered to a model whose schemas are shown."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_BINARY_TYPES = re.compile(r"octet-stream|protobuf|^(?:image|audio|video|font)/|zip|pdf", re.IGNORECASE)


def attach_exchange(exchange: Exchange) -> None:
    """Attach it to what is open in the report."""
    evidence.attach(title(exchange), evidence.Redacted(render(exchange)), "text")


def attach_conversation(conversation: Conversation) -> None:
    """Attach its frames to what is open in the report."""
    text = evidence.Redacted(render_conversation(conversation))
    evidence.attach(conversation_title(conversation), text, "text")


def title(exchange: Exchange) -> str:
    """In one short line: "POST /v1/datasets → 200"."""
    return f"{_asked(exchange)} {redact_text(exchange.path)}".rstrip() + f" → {_outcome(exchange)}"


def render(exchange: Exchange) -> str:
    """The whole exchange as plain text; the first line says what was asked, how it ended and how long it took."""
    parts = [
        f"{_asked(exchange)} {redact_text(_url(exchange))} → {_outcome(exchange)} in {_duration(exchange.duration_s)}",
        "\n".join(_circumstances(exchange)),
        "── Request " + "─" * 40,
        _message(exchange.request_headers, exchange.request_body),
    ]
    if exchange.status is not None or exchange.response_body.length:
        parts += [
            f"── Response {exchange.status or ''} {redact_text(exchange.reason)} ".replace("  ", " ") + "─" * 30,
            _message(exchange.response_headers, exchange.response_body),
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


def conversation_title(conversation: Conversation) -> str:
    """In one short line: "WebSocket /chat: 12 frames"."""
    count = len(conversation.frames)
    return f"WebSocket {redact_text(conversation.path)}: {count} frame{'' if count == 1 else 's'}"


def render_conversation(conversation: Conversation) -> str:
    """One frame a line: seconds since the upgrade, direction, kind, payload."""
    address = conversation.address.replace("http", "ws", 1)
    lines = [
        (
            f"WebSocket {redact_text(address + conversation.path)} of {conversation.system}, "
            f"opened {_clock(conversation.opened_at)}"
        ),
        "",
        *(_frame(frame) for frame in conversation.frames[:FRAMES_LIMIT]),
    ]
    if (unshown := len(conversation.frames) - FRAMES_LIMIT) > 0:
        lines.append(f"… {unshown:,} more frames are not shown")
    if conversation.fault is not None:
        lines += ["", redact_text(conversation.fault)]
    elif conversation.ended:
        lines += ["", "closed"]
    return "\n".join(lines) + "\n"


def _asked(exchange: Exchange) -> str:
    return exchange.method or "(unreadable request)"


def _outcome(exchange: Exchange) -> str:
    if exchange.status is not None:
        return str(exchange.status)
    return "client hung up" if exchange.client_hung_up else "no answer"


def _url(exchange: Exchange) -> str:
    # A proxy's own absolute target is shown as it was asked; a path continues the address without its path.
    if not exchange.path.startswith("/"):
        return exchange.path or exchange.address
    scheme, _, rest = exchange.address.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}{exchange.path}"


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 10 else f"{seconds * 1000:.0f} ms" if seconds >= 0.001 else "under 1 ms"


def _clock(unix_seconds: float) -> str:
    return datetime.fromtimestamp(unix_seconds, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + " UTC"


def _circumstances(exchange: Exchange) -> Iterable[str]:
    yield f"{exchange.system} at {redact_text(exchange.upstream)}, {_clock(exchange.started_at)}"
    if exchange.first_byte_s is not None:
        yield f"first byte after {_duration(exchange.first_byte_s)}"
    if exchange.interim:
        yield f"interim answers: {', '.join(map(str, exchange.interim))}"
    if exchange.client_hung_up:
        yield "the client hung up before the answer was whole"
    if exchange.ordered_fault is not None:
        yield redact_text(exchange.ordered_fault)
    if exchange.fault is not None:
        yield redact_text(exchange.fault)


def _message(headers: Headers, body: Body) -> str:
    shown = "\n".join(f"{name}: {_printable(value)}" for name, value in redact_headers(headers))
    text = _body(body, {name.lower(): value for name, value in headers})
    return f"{shown}\n\n{text}" if shown else text


def _body(body: Body, headers: dict[str, str]) -> str:
    if body.length == 0:
        return "(no body)" if body.complete else "(no body came)"
    content_type, coding = headers.get("content-type", ""), headers.get("content-encoding", "identity").lower()
    data, notes = body.kept, []
    if coding not in {"", "identity"}:
        inflated = _inflated(data, coding)
        if inflated is None:
            return f"({body.length:,} bytes in the coding {coding}, which cannot be shown)"
        data = inflated
        notes.append(f"{body.length:,} bytes as {coding} on the wire")
    torn = body.truncated or not body.complete
    text, whole = _shown(data, content_type, torn=torn)
    if body.truncated:
        notes.append(f"truncated: {len(body.kept):,} of {body.length:,} bytes were kept")
    elif not body.complete:
        notes.append("incomplete: the end never came")
    if not whole:
        notes.append(f"cut here: this shows the beginning of {len(data):,} bytes")
    return text + "".join(f"\n… ({note})" for note in notes)


def _shown(data: bytes, content_type: str, *, torn: bool) -> tuple[str, bool]:
    """The text of a body, and whether it is the whole of it."""
    if "json" in content_type.lower() and not torn and len(data) <= _PRETTY_LIMIT:
        try:
            pretty = json.dumps(redact_value(_folded(json.loads(data))), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            # Not JSON after all, or nested too deeply to be laid out: shown as the text it is.
            pass
        else:
            return _printable(pretty[:BODY_LIMIT]), len(pretty) <= BODY_LIMIT
    if _is_binary(data, content_type):
        begun = data[: _BINARY_LIMIT + _MARGIN]
        text = _redacted(begun, content_type, torn=torn and len(begun) == len(data)).decode("latin-1")
        dots = "".join(character if character.isprintable() and character < "\x7f" else "·" for character in text)
        return f"(binary) {dots[:_BINARY_LIMIT]}", len(dots) <= _BINARY_LIMIT
    text = data.decode("utf-8", "backslashreplace")
    cut = text[: BODY_LIMIT + _MARGIN]
    redacted = redact_torn_text(cut) if torn and len(cut) == len(text) else redact_text(cut)
    return _printable(redacted[:BODY_LIMIT]), len(text) <= BODY_LIMIT


def _redacted(data: bytes, content_type: str, *, torn: bool) -> bytes:
    """What may be shown of these bytes; `torn`: they end in the middle of something."""
    if torn:
        text = redact_torn_text(data.decode("utf-8", "surrogateescape"))
        return text.encode("utf-8", "surrogateescape")
    return redact_body(data, content_type)


def _folded(value: Any) -> Any:
    """What a model was asked, with the tools offered to it by their names: the schemas of dozens hide the rest."""
    if not isinstance(value, dict) or not isinstance(tools := value.get("tools"), list) or len(tools) <= _TOOLS_SHOWN:
        return value
    functions = [tool.get("function", tool) if isinstance(tool, dict) else {} for tool in tools]
    if not all(isinstance(each, dict) and isinstance(each.get("name"), str) for each in functions):
        return value
    names = ", ".join(each["name"] for each in functions)
    return {**value, "tools": f"({len(tools)} tools, their schemas left out here) {names}"}


def _is_binary(data: bytes, content_type: str) -> bool:
    return bool(_BINARY_TYPES.search(content_type)) or b"\x00" in data[:1000]


def _inflated(data: bytes, coding: str) -> bytes | None:
    """The beginning of the decompressed data; None when this coding cannot be undone."""
    if coding not in {"gzip", "x-gzip", "deflate"}:
        return None
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, _INFLATED_LIMIT)
    except zlib.error:
        return None


def _printable(text: str) -> str:
    """Control characters as escapes, so that no terminal or viewer acts on them."""
    return _UNPRINTABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text.replace("\r\n", "\n"))


def _frame(frame: Frame) -> str:
    arrow = "→" if frame.direction == "to_system" else "←"
    notes = [f"{frame.fragments} fragments"] if frame.fragments > 1 else []
    data, torn = frame.payload.kept, frame.payload.truncated or not frame.payload.complete
    if frame.kind == "binary":
        text, whole = _shown(data, "application/octet-stream", torn=torn)
    else:
        begun = data[: FRAME_LIMIT + _MARGIN]
        cut = torn or len(begun) < len(data)
        text = _redacted(begun, "application/json", torn=cut).decode("utf-8", "backslashreplace")
        text, whole = _printable(text[:FRAME_LIMIT]), len(text) <= FRAME_LIMIT
    if frame.payload.truncated or not whole:
        notes.append(f"cut: {frame.payload.length:,} bytes")
    if not frame.payload.complete:
        notes.append("incomplete")
    code = "" if frame.code is None else f"{frame.code} "
    line = f"{frame.at:10.3f} s {arrow} {frame.kind:<6} {code}{text}".replace("\n", "\\n").rstrip()
    return line + "".join(f" … ({note})" for note in notes)
