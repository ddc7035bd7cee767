"""Proves that the forms of an export are what their names say: the same spans in each, and broken in one way only."""

import gzip
import json

import pytest
from google.protobuf.message import DecodeError  # type: ignore[import-untyped] # it has no stubs
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from support.clients.evaluation_platform.collector import FORMS, JSON, PROTOBUF, TAKEN_BYTES, SpanSent

SPAN = SpanSent(
    bytes.fromhex("0af7651916cd43dd8448eb211c80319c"),
    bytes.fromhex("b7ad6b7169203331"),
    "answer",
    bytes.fromhex("00f067aa0ba902b7"),
    attributes={"text": "Grüße", "on": True, "count": 3, "share": 0.5, "list": ["a", 1]},
)


def test_json_has_hexadecimal_ids_and_native_types() -> None:
    payload = FORMS["JSON"]([SPAN])
    (span,) = json.loads(payload.body)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert payload.headers == {"Content-Type": JSON}
    assert (span["traceId"], span["spanId"], span["parentSpanId"]) == (
        "0af7651916cd43dd8448eb211c80319c",
        "b7ad6b7169203331",
        "00f067aa0ba902b7",
    )
    assert {pair["key"]: pair["value"] for pair in span["attributes"]} == {
        "text": {"stringValue": "Grüße"},
        "on": {"boolValue": True},
        "count": {"intValue": "3"},
        "share": {"doubleValue": 0.5},
        "list": {"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}]}},
    }


def test_packed_forms_hold_the_plain_ones() -> None:
    for form, media_type in (("JSON", JSON), ("protobuf", PROTOBUF)):
        packed = FORMS[f"packed {form}"]([SPAN])
        assert gzip.decompress(packed.body) == FORMS[form]([SPAN]).body
        assert packed.headers == {"Content-Type": media_type, "Content-Encoding": "gzip"}


@pytest.mark.parametrize("form", ["cut-off protobuf", "JSON called protobuf"])
def test_what_is_called_broken_protobuf_cannot_be_read(form: str) -> None:
    with pytest.raises(DecodeError):
        ExportTraceServiceRequest.FromString(FORMS[form]([SPAN]).body)


def test_what_is_called_broken_json_cannot_be_read() -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(FORMS["cut-off JSON"]([SPAN]).body)


@pytest.mark.parametrize("form", ["protobuf that is not packed but says so", "cut-off packed protobuf"])
def test_what_is_called_broken_packing_cannot_be_unpacked(form: str) -> None:
    payload = FORMS[form]([SPAN])
    assert payload.headers["Content-Encoding"] == "gzip"
    with pytest.raises((OSError, EOFError)):
        gzip.decompress(payload.body)


def test_what_is_called_too_large_is_so_only_where_it_says() -> None:
    assert len(FORMS["protobuf that is too large"]([SPAN]).body) > TAKEN_BYTES
    packed = FORMS["packed JSON that is too large unpacked"]([SPAN]).body
    assert len(packed) < TAKEN_BYTES < len(gzip.decompress(packed))
