"""OTLP over HTTP: both encodings to spans, and the answer in the encoding of the request."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped] # it has no stubs
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2

from .calls import parse_json
from .errors import Problem
from .spans import Span

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
INT64 = range(-(2**63), 2**63)
NANOSECONDS = range(2**64)
_ERROR = 2


class MalformedError(ValueError):
    """A payload that is not what OTLP says; the text names the place."""


def media_type(header: str | None) -> str:
    """The encoding of a request. Raises Problem 415."""
    found = (header or "").partition(";")[0].strip().lower()
    if found not in (PROTOBUF, JSON):
        raise Problem(415, f"Content-Type: {found or 'it is missing'}; {PROTOBUF} and {JSON} are taken here")
    return found


def decompress(body: bytes, encoding: str | None, limit: int) -> bytes:
    """The payload of a body. Raises Problem 400, 413, 415."""
    name = (encoding or "identity").strip().lower()
    if name == "identity":
        return body
    if name != "gzip":
        raise Problem(415, f"Content-Encoding: {name}; gzip and identity are taken here")
    return gunzip(body, limit)


def gunzip(body: bytes, limit: int) -> bytes:
    """What was compressed, in one stream or several, up to `limit` bytes. Raises Problem 400, 413."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
            payload = packed.read(limit + 1)
    except EOFError as fault:
        raise Problem(400, "body: the gzip stream is cut off") from fault
    except (OSError, zlib.error) as fault:
        raise Problem(400, f"body: not gzip ({fault})") from fault
    if len(payload) > limit:
        raise Problem(413, f"body: larger than {limit} bytes when decompressed")
    if not body:
        raise Problem(400, "body: not gzip (it is empty)")
    return payload


def decode(payload: bytes, encoding: str) -> list[Span]:
    """Every span of a request; one whose ids are invalid has empty ids. Raises Problem 400."""
    try:
        return list(decode_protobuf(payload) if encoding == PROTOBUF else decode_json(payload))
    except (DecodeError, MalformedError) as fault:
        raise Problem(400, f"body: not an OTLP trace export: {fault}") from fault


def is_valid(span: Span) -> bool:
    """Whether a span can be told from others: it has both ids, neither of them zero."""
    return bool(
        re.fullmatch(r"(?!0{32})[0-9a-f]{32}", span.trace_id) and re.fullmatch(r"(?!0{16})[0-9a-f]{16}", span.span_id)
    )


def response(encoding: str, rejected: int, why: str) -> bytes:
    """An ExportTraceServiceResponse: empty, or a partial success that says how many spans were refused."""
    if encoding == JSON:
        partial = {"partialSuccess": {"rejectedSpans": str(rejected), "errorMessage": why}}
        return json.dumps(partial if rejected else {}).encode()
    message = ExportTraceServiceResponse()
    if rejected:
        message.partial_success.CopyFrom(ExportTracePartialSuccess(rejected_spans=rejected, error_message=why))
    return bytes(message.SerializeToString())


def refusal(encoding: str, message: str) -> bytes | None:
    """The body of an error answer in protobuf, a `google.rpc.Status`; None where the contract's JSON serves as well."""
    return bytes(Status(message=message).SerializeToString()) if encoding == PROTOBUF else None


# Protobuf ------------------------------------------------------------------------------------------------------------


def decode_protobuf(payload: bytes) -> Iterator[Span]:
    """The spans of a protobuf payload."""
    request = ExportTraceServiceRequest.FromString(payload)
    for group in request.resource_spans:
        resource = attributes_of(group.resource.attributes)
        for scope in group.scope_spans:
            for span in scope.spans:
                yield span_of(span, scope.scope.name, resource)


def span_of(span: trace_pb2.Span, scope: str, resource: dict[str, Any]) -> Span:
    """One span of a protobuf payload."""
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_span_id=span.parent_span_id.hex() or None,
        name=span.name,
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        attributes=attributes_of(span.attributes),
        failed=span.status.code == trace_pb2.Status.STATUS_CODE_ERROR,
        status_message=span.status.message,
        exception=exception_of((event.name, attributes_of(event.attributes)) for event in span.events),
        scope=scope,
        resource=resource,
    )


def attributes_of(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    """Attributes with their native types."""
    return {pair.key: value_of(pair.value) for pair in pairs}


def value_of(value: AnyValue) -> Any:
    """One value with its native type; bytes as hexadecimal text."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [value_of(one) for one in value.array_value.values]
    if kind == "kvlist_value":
        return attributes_of(value.kvlist_value.values)
    if kind == "bytes_value":
        return value.bytes_value.hex()
    return storable(getattr(value, kind)) if kind else None


def storable(value: Any) -> Any:
    """A value that JSON has; infinities and not-a-number as text, spelled as in the JSON of protobuf."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def exception_of(events: Iterable[tuple[str, Mapping[str, Any]]]) -> str | None:
    """What the last exception recorded in a span says."""
    said = None
    for name, attributes in events:
        if name == "exception":
            parts = (attributes.get("exception.type"), attributes.get("exception.message"))
            said = ": ".join(str(part) for part in parts if part) or said
    return said


# JSON ----------------------------------------------------------------------------------------------


def decode_json(payload: bytes) -> Iterator[Span]:
    """The spans of a JSON payload. Raises MalformedError, Problem."""
    request = _object(parse_json(payload), "body")
    for g, group in _items(request, "resourceSpans", "body"):
        place = f"resourceSpans[{g}]"
        resource = _attributes(_object(group.get("resource") or {}, f"{place}.resource"), f"{place}.resource")
        for s, scope in _items(group, "scopeSpans", place):
            scope_name = _object(scope.get("scope") or {}, f"{place}.scopeSpans[{s}].scope").get("name") or ""
            for i, span in _items(scope, "spans", f"{place}.scopeSpans[{s}]"):
                yield _span(span, f"{place}.scopeSpans[{s}].spans[{i}]", str(scope_name), resource)


def _span(raw: Mapping[str, Any], place: str, scope: str, resource: dict[str, Any]) -> Span:
    status = _object(raw.get("status") or {}, f"{place}.status")
    events = [
        (str(event.get("name") or ""), _attributes(event, f"{place}.events[{index}]"))
        for index, event in _items(raw, "events", place)
    ]
    return Span(
        trace_id=_text(raw, "traceId", place).lower(),
        span_id=_text(raw, "spanId", place).lower(),
        parent_span_id=_parent(_text(raw, "parentSpanId", place)),
        name=_text(raw, "name", place),
        start_ns=_integer(raw.get("startTimeUnixNano") or 0, NANOSECONDS, f"{place}.startTimeUnixNano"),
        end_ns=_integer(raw.get("endTimeUnixNano") or 0, NANOSECONDS, f"{place}.endTimeUnixNano"),
        attributes=_attributes(raw, place),
        failed=status.get("code") in (_ERROR, "STATUS_CODE_ERROR"),
        status_message=_text(status, "message", f"{place}.status"),
        exception=exception_of(events),
        scope=scope,
        resource=resource,
    )


def _parent(text: str) -> str | None:
    return text.lower() if text.strip("0") else None


def _attributes(owner: Mapping[str, Any], place: str) -> dict[str, Any]:
    found = {}
    for index, pair in _items(owner, "attributes", place):
        where = f"{place}.attributes[{index}]"
        found[_text(pair, "key", where)] = _value(pair.get("value"), where)
    return found


def _value(raw: Any, place: str) -> Any:
    value = _object(raw or {}, f"{place}.value")
    if "intValue" in value:
        return _integer(value["intValue"], INT64, f"{place}.value.intValue")
    if "arrayValue" in value:
        return [_value(one, place) for _, one in _items(_object(value["arrayValue"], place), "values", place)]
    if "kvlistValue" in value:
        pairs = _object(value["kvlistValue"], place)
        return _attributes({"attributes": pairs.get("values")}, place)
    for name, read in SCALARS.items():
        if name in value:
            return read(value[name], f"{place}.value.{name}")
    return None


def _string(value: Any, place: str) -> str:
    if isinstance(value, str):
        return value
    raise MalformedError(f"{place} must be text, not {value!r}")


def _boolean(value: Any, place: str) -> bool:
    if isinstance(value, bool):
        return value
    raise MalformedError(f"{place} must be true or false, not {value!r}")


def _double(value: Any, place: str) -> float | str:
    # Proto3's JSON may write every number as text, and writes the doubles that JSON lacks so.
    if value in ("NaN", "Infinity", "-Infinity"):
        return str(value)
    written = isinstance(value, str) and re.fullmatch(r"[-+0-9.eE]+", value)
    try:
        if written or (isinstance(value, int | float) and not isinstance(value, bool)):
            return _finite(float(value))
    except (ValueError, OverflowError):
        pass
    raise MalformedError(f"{place} must be a number, not {value!r}")


def _finite(value: float) -> float:
    if math.isfinite(value):
        return value
    raise ValueError


def _bytes(value: Any, place: str) -> str:
    text = _string(value, place).translate(_URL_SAFE).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).hex()
    except binascii.Error as fault:
        raise MalformedError(f"{place} must be base64") from fault


_URL_SAFE = str.maketrans("-_", "+/")
SCALARS = {"stringValue": _string, "boolValue": _boolean, "doubleValue": _double, "bytesValue": _bytes}


def _integer(value: Any, known: range, place: str) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,20}", value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value in known:
        return value
    kind = "from 0" if known is NANOSECONDS else "of 64 bits"
    raise MalformedError(f"{place} must be an integer {kind}, as a number or as text, not {str(value)[:50]!r}")


def _text(owner: Mapping[str, Any], key: str, place: str) -> str:
    value = owner.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedError(f"{place}.{key} must be text, not {value!r}")
    return value


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise MalformedError(f"{place} must be an object")
    return value


def _items(owner: Mapping[str, Any], key: str, place: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    items = owner.get(key)
    if items is None:
        return
    if not isinstance(items, list):
        raise MalformedError(f"{place}.{key} must be a list")
    for index, one in enumerate(items):
        yield index, _object(one, f"{place}.{key}[{index}]")
