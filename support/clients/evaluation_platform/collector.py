"""The platform's OTLP collector as raw bytes: what is exported, in which form, and what it answers.

A form is how the same spans are put on the wire, right or wrong; see `FORMS`. Refusals are values, as of every door.
The answer to a protobuf request must be protobuf (a `google.rpc.Status` where it is refused), to JSON JSON.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped] # it has no stubs
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from .carrying import refusal
from .interface import ContractBroken, Refusal, Value

PATH = "/v1/traces"
PROTOBUF, JSON = "application/x-protobuf", "application/json"
TAKEN_BYTES = 16 * 1024 * 1024
"""The largest request that a collector takes, before and after unpacking."""


@dataclass(frozen=True)
class SpanSent:
    """One span; ids are bytes (16 and 8), times nanoseconds since 1970."""

    trace_id: bytes
    span_id: bytes
    name: str
    parent_id: bytes = b""
    start_ns: int = 1_767_225_600_000_000_000
    end_ns: int = 1_767_225_601_250_500_000
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Exported(Value):
    """The collector took an export, but for `rejected` spans, because of `message`."""

    rejected: int = 0
    message: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether every span was taken."""
        return self.rejected == 0


@dataclass(frozen=True)
class Payload:
    """The bytes of a request, and what its headers say of them."""

    body: bytes
    headers: Mapping[str, str]


def _message(spans: Iterable[SpanSent]) -> ExportTraceServiceRequest:
    message = ExportTraceServiceRequest()
    scope = message.resource_spans.add().scope_spans.add()
    scope.scope.name = "acceptance"
    for each in spans:
        span = scope.spans.add(
            trace_id=each.trace_id,
            span_id=each.span_id,
            parent_span_id=each.parent_id,
            name=each.name,
            start_time_unix_nano=each.start_ns,
            end_time_unix_nano=each.end_ns,
        )
        for key, value in each.attributes.items():
            span.attributes.add(key=key).value.CopyFrom(_any_value(value))
    return message


def _any_value(value: Any) -> AnyValue:
    match value:
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case list():
            made = AnyValue()
            made.array_value.values.extend(_any_value(each) for each in value)
            return made
    return AnyValue(string_value=str(value))


def as_protobuf(spans: Iterable[SpanSent]) -> bytes:
    """The spans in protobuf."""
    return bytes(_message(spans).SerializeToString())


def as_json(spans: Iterable[SpanSent]) -> bytes:
    """The spans in OTLP's JSON, whose ids are hexadecimal, unlike those of protobuf's own JSON."""
    told = MessageToDict(_message(spans))
    for resource in told["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for name in ("traceId", "spanId", "parentSpanId"):
                    if name in span:
                        span[name] = base64.b64decode(span[name]).hex()
    return json.dumps(told).encode()


def _form(media_type: str | None, encoding: str | None, body: Callable[[list[SpanSent]], bytes]) -> Any:
    headers = {"Content-Type": media_type, "Content-Encoding": encoding}
    return lambda spans: Payload(body(list(spans)), {name: text for name, text in headers.items() if text})


FORMS: Mapping[str, Callable[[Iterable[SpanSent]], Payload]] = {
    "protobuf": _form(PROTOBUF, None, as_protobuf),
    "JSON": _form(JSON, None, as_json),
    "packed protobuf": _form(PROTOBUF, "gzip", lambda spans: gzip.compress(as_protobuf(spans), 1)),
    "packed JSON": _form(JSON, "gzip", lambda spans: gzip.compress(as_json(spans), 1)),
    # Messages one behind the other are one message, and so are gzip streams.
    "protobuf packed span by span": _form(
        PROTOBUF, "gzip", lambda spans: b"".join(gzip.compress(as_protobuf([span]), 1) for span in spans)
    ),
    "cut-off protobuf": _form(PROTOBUF, None, lambda spans: as_protobuf(spans)[:-3]),
    "cut-off JSON": _form(JSON, None, lambda spans: as_json(spans)[:-3]),
    "JSON of another shape": _form(JSON, None, lambda _: b'{"resourceSpans": "none"}'),
    "JSON called protobuf": _form(PROTOBUF, None, as_json),
    "protobuf that is not packed but says so": _form(PROTOBUF, "gzip", as_protobuf),
    "cut-off packed protobuf": _form(PROTOBUF, "gzip", lambda spans: gzip.compress(as_protobuf(spans))[:-9]),
    "protobuf packed in an unknown way": _form(PROTOBUF, "br", as_protobuf),
    "plain text": _form("text/plain", None, as_json),
    "a form that it does not name": _form(None, None, as_protobuf),
    "protobuf that is too large": _form(PROTOBUF, None, lambda spans: as_protobuf(spans) + bytes(TAKEN_BYTES)),
    "packed JSON that is too large unpacked": _form(
        JSON, "gzip", lambda spans: gzip.compress(as_json(spans) + b" " * TAKEN_BYTES, 1)
    ),
}
"""Every form by the name that a scenario gives it."""


class Exchange(Protocol):
    """Whoever can send bytes as the holder of a key: a door's carrier."""

    def exchange(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Send bytes with these headers to a path; whatever was answered. Raises Unreachable."""
        ...


class Collector:
    """The collector for the holder of the key that the carrier bears."""

    def __init__(self, carrier: Exchange, speak: Callable[[SpanSent], SpanSent] = lambda span: span) -> None:
        """`speak` says in the platform's own words what a span says of its session, its type, and what it did."""
        self._carrier = carrier
        self._speak = speak

    def said(self, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a span says of itself, in the platform's own words."""
        return self._speak(SpanSent(b"", b"", "", attributes=attributes)).attributes

    def export(self, spans: Iterable[SpanSent], form: str) -> Exported | Refusal:
        """Send spans in that form.

        Raises:
            ContractBroken: the answer is not in the encoding of the request, or no OTLP answer.
            Unreachable: there was no answer.

        """
        payload = FORMS[form](map(self._speak, spans))
        answer = self._carrier.exchange("POST", PATH, payload.body, payload.headers)
        media_type = answer.headers.get("content-type", "").partition(";")[0]
        asked = payload.headers.get("Content-Type", "")
        if asked in (PROTOBUF, JSON) and media_type != asked:
            told = f"a request in {asked} was answered with {answer.status_code} in {media_type}"
            raise ContractBroken("export", told, answer.content)
        return _read(answer.status_code, media_type, answer.content)


def _read(status: int, media_type: str, content: bytes) -> Exported | Refusal:
    try:
        if status >= 400:
            told = Status.FromString(content).message if media_type == PROTOBUF else json.loads(content)
            return refusal(status, told)
        if media_type == PROTOBUF:
            partial = MessageToDict(ExportTraceServiceResponse.FromString(content)).get("partialSuccess", {})
        else:
            partial = json.loads(content).get("partialSuccess") or {}
    except (DecodeError, ValueError) as fault:
        raise ContractBroken(
            "export", f"the answer (status {status}) is not what OTLP says: {fault}", content
        ) from fault
    if status != 200:
        raise ContractBroken("export", f"success is status 200, not {status}", content)
    return Exported(rejected=int(partial.get("rejectedSpans", 0)), message=partial.get("errorMessage", ""))
