"""Proves that the platform's OTLP collector keeps the contract: encodings, errors, and which event a span is."""

from __future__ import annotations

import gzip
import json
import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped] # it has no stubs
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from .conftest import PlatformProcess, Tenant

PATHS = ("/v1/traces", "/opentelemetry/v1/traces")
TRACE = "0af7651916cd43dd8448eb211c80319c"
SESSION = "0af76519-16cd-43dd-8448-eb211c80319c"


def value(given: Any) -> dict[str, Any]:
    if isinstance(given, bool):
        return {"boolValue": given}
    if isinstance(given, int):
        return {"intValue": str(given)}
    if isinstance(given, float):
        return {"doubleValue": given}
    if isinstance(given, list):
        return {"arrayValue": {"values": [value(one) for one in given]}}
    if isinstance(given, dict):
        return {"kvlistValue": {"values": [{"key": key, "value": value(one)} for key, one in given.items()]}}
    return {"stringValue": given}


def span(name: str = "work", attributes: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A span as the SDK's tracer writes it; a session that it creates is called S."""
    attributes = {"honeyhive.session_name": "S", **(attributes or {})}
    return {
        "traceId": TRACE,
        "spanId": secrets.token_hex(8),
        "parentSpanId": None,
        "name": name,
        "kind": "SPAN_KIND_INTERNAL",
        "startTimeUnixNano": "1700000000000000000",
        "endTimeUnixNano": "1700000000250500000",
        "attributes": [{"key": key, "value": value(one)} for key, one in attributes.items()],
        "events": [],
        "status": {"code": "STATUS_CODE_UNSET"},
        **fields,
    }


def request(*spans: dict[str, Any], scope: str = "tests", service: str | None = None) -> dict[str, Any]:
    resource = {"attributes": [{"key": "service.name", "value": value(service)}] if service else []}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": scope}, "spans": list(spans)}]}]}


def send(tenant: Tenant, *spans: dict[str, Any], path: str = PATHS[1], **more: Any) -> dict[str, Any]:
    answer = tenant.call("POST", path, request(*spans, **more))
    assert isinstance(answer, dict)
    return answer


def events(tenant: Tenant) -> dict[str, dict[str, Any]]:
    """Every event of the project by its name; no name twice."""
    found = tenant.call("POST", "/v1/events/search", {})["events"]
    named = {event["event_name"]: event for event in found}
    assert len(named) == len(found)
    return named


def one(tenant: Tenant, attributes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The event that a span with these attributes becomes, in a session."""
    send(tenant, span("it", attributes, **fields))
    return next(event for event in events(tenant).values() if event["event_type"] != "session")


# Encodings -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("zipped", [True, False])
def test_json_is_taken_plain_and_zipped(tenant: Tenant, path: str, zipped: bool) -> None:
    body = json.dumps(request(span("a"))).encode()
    headers = {"Content-Type": "application/json", **({"Content-Encoding": "gzip"} if zipped else {})}
    answer = tenant.http.post(path, content=gzip.compress(body) if zipped else body, headers=headers)
    assert (answer.status_code, answer.json(), answer.headers["content-type"]) == (200, {}, "application/json")
    assert "a" in events(tenant)


@pytest.mark.parametrize("zipped", [True, False])
def test_protobuf_is_taken_and_answered_in_protobuf(tenant: Tenant, zipped: bool) -> None:
    message = ExportTraceServiceRequest()
    sent = message.resource_spans.add().scope_spans.add().spans.add()
    sent.trace_id, sent.span_id, sent.name = bytes.fromhex(TRACE), b"12345678", "a"
    sent.start_time_unix_nano, sent.end_time_unix_nano = 10**18, 10**18 + 10**6
    for name, field, given in (("n", "int_value", 3), ("on", "bool_value", True), ("raw", "bytes_value", b"\x01")):
        setattr(sent.attributes.add(key=name).value, field, given)
    sent.attributes.add(key="list").value.array_value.values.add().double_value = 1.5
    body = message.SerializeToString()
    headers = {"Content-Type": "application/x-protobuf", **({"Content-Encoding": "gzip"} if zipped else {})}
    answer = tenant.http.post(PATHS[0], content=gzip.compress(body) if zipped else body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-protobuf")
    assert ExportTraceServiceResponse.FromString(answer.content) == ExportTraceServiceResponse()
    found = tenant.call("POST", "/v1/events/search", {})["events"]
    (event,) = [event for event in found if event["event_type"] == "tool"]
    assert event["metadata"] == {"n": 3, "on": True, "raw": "01", "list": [1.5]}
    assert event["duration"] == 1


def test_a_standard_exporter_delivers(tenant: Tenant) -> None:
    headers = {"Authorization": f"Bearer {tenant.key}"}
    exporter = OTLPSpanExporter(f"{tenant.address}/v1/traces", headers=headers)
    provider = TracerProvider(resource=Resource({"service.name": "shop"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("tests")
    model_call = {"session.id": "mine", "gen_ai.request.model": "gpt"}
    with (
        tracer.start_as_current_span("outer", attributes={"session.id": "mine"}),
        tracer.start_as_current_span("inner", attributes=model_call),
    ):
        pass
    provider.shutdown()
    stored = tenant.call("POST", "/v1/events/search", {})["events"]
    found = {event["event_name"]: event for event in stored if event["event_type"] != "session"}
    assert len(stored) == 3
    assert (found["inner"]["event_type"], found["outer"]["event_type"]) == ("model", "tool")
    assert found["inner"]["parent_id"] == found["outer"]["event_id"]
    assert {event["session_id"] for event in stored} == {"mine"}
    assert found["outer"]["source"] == "shop"


# Errors --------------------------------------------------------------------------------------------------------------

JSON = {"Content-Type": "application/json"}
PROTOBUF = {"Content-Type": "application/x-protobuf"}
ZIPPED = {**JSON, "Content-Encoding": "gzip"}


@pytest.mark.parametrize(
    ("content", "headers", "status", "named"),
    [
        (b"{", JSON, 400, "JSON"),
        (b"[]", JSON, 400, "body must be an object"),
        (b'{"resourceSpans": {}}', JSON, 400, "resourceSpans"),
        (json.dumps(request(span(startTimeUnixNano="soon"))).encode(), JSON, 400, "spans[0].startTimeUnixNano"),
        (json.dumps(request({**span(), "name": 1})).encode(), JSON, 400, "spans[0].name"),
        (b"not gzip", ZIPPED, 400, "gzip"),
        (gzip.compress(b"{}", mtime=0)[:-4], ZIPPED, 400, "cut off"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "text/plain"),
        (b"{}", {}, 415, "Content-Type"),
        (b"{}", {**JSON, "Content-Encoding": "br"}, 415, "br"),
        (b" " * (16 * 1024 * 1024 + 1), JSON, 413, "larger than"),
        (gzip.compress(b" " * (16 * 1024 * 1024 + 1), mtime=0), ZIPPED, 413, "decompressed"),
    ],
)
def test_what_cannot_be_taken_is_refused(
    tenant: Tenant, content: bytes, headers: dict[str, str], status: int, named: str
) -> None:
    tenant.refused("POST", PATHS[0], content=content, headers=headers, status=status, naming=named)
    assert tenant.call("POST", "/v1/events/search", {})["totalEvents"] == 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("content", "more", "status", "named"),
    [
        (b"\xff\xff", {}, 400, "not an OTLP trace export"),
        (b"", {"Content-Encoding": "br"}, 415, "br"),
        (bytes(16 * 1024 * 1024 + 1), {}, 413, "larger than"),
        (b"", {"Authorization": "Bearer unknown"}, 401, "Authorization"),
    ],
)
def test_a_protobuf_request_is_refused_in_protobuf(
    tenant: Tenant, path: str, content: bytes, more: dict[str, str], status: int, named: str
) -> None:
    answer = tenant.http.post(path, content=content, headers={**PROTOBUF, **more})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/x-protobuf")
    assert named in Status.FromString(answer.content).message


@pytest.mark.parametrize("path", PATHS)
def test_a_key_is_needed_and_one_for_ingestion_will_do(
    platform: PlatformProcess, admit: Callable[..., Tenant], path: str
) -> None:
    tenant = admit(platform, "project", "ingestion", "data_plane")
    url, body = f"{tenant.address}{path}", request(span("a"))
    assert httpx.post(url, json=body).status_code == 401
    assert httpx.post(url, json=body, headers={"Authorization": "Bearer unknown"}).status_code == 401
    for kind, status in (("data_plane", 403), ("ingestion", 200)):
        headers = {"Authorization": f"Bearer {tenant.keys[kind]}"}
        assert httpx.post(url, json=body, headers=headers).status_code == status
    assert "a" in events(tenant)


def test_spans_without_valid_ids_are_refused_and_lose_no_others(tenant: Tenant) -> None:
    bad = [span("b", spanId="0" * 16), span("c", traceId="xyz"), span("d", spanId="")]
    answer = send(tenant, span("good"), *bad)
    assert answer["partialSuccess"]["rejectedSpans"] == "3"
    assert answer["partialSuccess"]["errorMessage"]
    assert {event["event_name"] for event in events(tenant).values() if event["event_type"] == "tool"} == {"good"}


# Once and for all ----------------------------------------------------------------------------------------------------


def test_a_span_sent_again_is_stored_once_and_as_first_sent(tenant: Tenant, foreign: Tenant) -> None:
    first = span("first")
    for again in (first, {**first, "name": "second"}):
        assert send(tenant, again) == {}
    assert send(tenant, {**first, "name": "third"}, {**first, "name": "fourth"}) == {}
    assert set(events(tenant)) == {"S", "first"}
    send(foreign, {**first, "name": "foreign"})
    assert set(events(foreign)) == {"S", "foreign"}
    assert set(events(tenant)) == {"S", "first"}


def test_deleting_a_session_leaves_nothing_of_its_spans(tenant: Tenant, platform: PlatformProcess) -> None:
    send(tenant, span("a"))
    tenant.call("DELETE", f"/session/{SESSION}")
    rows = httpx.get(f"{platform.control}/rows").json()
    assert rows["projects"][tenant.name] == {"api_keys": 1}


@pytest.mark.parametrize("together", [True, False])
def test_spans_that_name_one_event_id_are_events_each(tenant: Tenant, together: bool) -> None:
    first, second = (span(name, {"honeyhive_event_id": "mine"}) for name in ("first", "second"))
    child = span("child", parentSpanId=second["spanId"])
    for sent in [[first, second, child]] if together else [[first], [second], [child]]:
        assert send(tenant, *sent) == {}
    found = events(tenant)
    assert set(found) == {"S", "first", "second", "child"}
    assert found["first"]["event_id"] == "mine"
    assert found["child"]["parent_id"] == found["second"]["event_id"]


def test_a_span_that_names_its_sessions_id_is_an_event_beside_it(tenant: Tenant) -> None:
    event = one(tenant, {"honeyhive.session_id": "s", "honeyhive_event_id": "s"})
    assert (event["session_id"], event["parent_id"]) == ("s", "s")
    assert events(tenant)["S"]["event_id"] == "s"


def test_an_export_packed_in_several_streams_is_taken_whole(tenant: Tenant) -> None:
    text = json.dumps(request(span("a"), span("b"))).encode()
    body = gzip.compress(text[:100]) + gzip.compress(text[100:])
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert tenant.http.post(PATHS[0], content=body, headers=headers).status_code == 200
    assert set(events(tenant)) == {"S", "a", "b"}


# Sessions and parents ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "session"),
    [
        ({"honeyhive.session_id": "a", "traceloop.association.properties.session_id": "b", "session.id": "c"}, "a"),
        ({"traceloop.association.properties.session_id": "b", "session.id": "c"}, "b"),
        ({"session.id": "c"}, "c"),
        ({}, SESSION),
    ],
)
def test_the_session_is_the_one_named_else_one_for_each_trace(
    tenant: Tenant, attributes: dict[str, Any], session: str
) -> None:
    event = one(tenant, attributes)
    assert event["session_id"] == session
    assert event["parent_id"] == session
    assert events(tenant)["S"]["event_id"] == session


def test_a_known_session_is_left_as_it_is(tenant: Tenant) -> None:
    tenant.call("POST", "/session/start", {"session": {"session_id": "known", "session_name": "Known"}})
    one(tenant, {"honeyhive.session_id": "known"})
    assert set(events(tenant)) == {"Known", "it"}


@pytest.mark.parametrize("child_first", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_a_child_finds_its_parent_whichever_comes_first(tenant: Tenant, child_first: bool, named: bool) -> None:
    parent = span("parent", {"honeyhive_event_id": "my-id"} if named else {})
    child = span("child", parentSpanId=parent["spanId"])
    for sent in (child, parent) if child_first else (parent, child):
        send(tenant, sent)
    found = events(tenant)
    assert found["child"]["parent_id"] == found["parent"]["event_id"]
    assert (found["parent"]["event_id"] == "my-id") is named


def test_an_update_that_comes_before_its_span_is_applied(tenant: Tenant) -> None:
    tenant.call("PUT", "/events", {"event_id": "soon", "feedback": {"rating": 5}})
    assert one(tenant, {"honeyhive_event_id": "soon"})["feedback"] == {"rating": 5}


# What a span says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "attributes", "scope", "expected"),
    [
        ("work", {"honeyhive_event_type": "chain", "gen_ai.system": "x"}, "", "chain"),
        ("work", {"gen_ai.request.model": "gpt"}, "", "model"),
        ("work", {"llm.model_name": "gpt"}, "", "model"),
        ("openai.chat", {}, "", "model"),
        ("work", {}, "opentelemetry.instrumentation.anthropic", "model"),
        ("work", {"gen_ai.operation.name": "execute_tool"}, "", "tool"),
        ("work", {"openinference.span.kind": "CHAIN"}, "", "chain"),
        ("work", {"honeyhive_event_type": "banana"}, "", "tool"),
        ("work", {"other": "x"}, "", "tool"),
    ],
)
def test_the_type_of_a_span(tenant: Tenant, name: str, attributes: dict[str, Any], scope: str, expected: str) -> None:
    send(tenant, span(name, attributes), scope=scope)
    assert events(tenant)[name]["event_type"] == expected


def test_times_name_and_source(tenant: Tenant) -> None:
    event = one(tenant, {"honeyhive_event_name": "named", "honeyhive.source": "web"})
    assert (event["event_name"], event["source"]) == ("named", "web")
    assert (event["start_time"], event["end_time"], event["duration"]) == (1700000000000, 1700000000250.5, 250.5)


def test_attributes_go_to_their_objects(tenant: Tenant) -> None:
    event = one(
        tenant,
        {
            "honeyhive_inputs.question": "why?",
            "honeyhive_inputs.options.deep": '{"a": [1]}',
            "honeyhive_inputs.list.0": "x",
            "honeyhive_inputs.list.1": "y",
            "honeyhive_outputs": "because",
            "honeyhive_metadata.run_id": "r",
            "honeyhive_metadata": '{"more": {"x": 1}}',
            "honeyhive_metrics.score": 0.5,
            "honeyhive_metrics.right": True,
            "honeyhive_config.model": "gpt",
            "honeyhive_feedback.rating": 4,
            "honeyhive_user_properties.plan": "pro",
            "http.status_code": 200,
            "tenant.tags": ["a", "b"],
            "nested": {"k": 1},
            "text": '{"left": "as it is"}',
        },
    )
    assert event["inputs"] == {"question": "why?", "options": {"deep": {"a": [1]}}, "list": ["x", "y"]}
    assert event["outputs"] == {"result": "because"}
    assert event["metadata"] == {
        "run_id": "r",
        "more": {"x": 1},
        "http.status_code": 200,
        "tenant.tags": ["a", "b"],
        "nested": {"k": 1},
        "text": '{"left": "as it is"}',
    }
    assert (event["metrics"], event["config"]) == ({"score": 0.5, "right": True}, {"model": "gpt"})
    assert (event["feedback"], event["user_properties"]) == ({"rating": 4}, {"plan": "pro"})


def test_openinference_says_inputs_and_outputs(tenant: Tenant) -> None:
    event = one(
        tenant,
        {
            "input.value": '{"question": "why?"}',
            "output.value": "because",
            "llm.input_messages.0.message.role": "system",
            "llm.input_messages.0.message.content": "be kind",
            "llm.input_messages.1.message.role": "user",
            "llm.input_messages.1.message.content": "why?",
            "llm.token_count.total": 7,
        },
    )
    history = [{"role": "system", "content": "be kind"}, {"role": "user", "content": "why?"}]
    assert event["inputs"] == {"question": "why?", "chat_history": history}
    assert event["outputs"] == {"result": "because"}
    assert event["metadata"] == {"llm.token_count.total": 7}


def test_both_encodings_say_the_same(tenant: Tenant) -> None:
    named = {"bytes": b"\x01\xff\x02", "nan": float("nan"), "up": float("inf"), "down": -float("inf"), "half": 0.5}
    export = ExportTraceServiceRequest()
    binary = export.resource_spans.add().scope_spans.add().spans.add(name="in protobuf", span_id=b"12345678")
    binary.trace_id = bytes.fromhex(TRACE)
    for key, said in named.items():
        kind = "bytes_value" if isinstance(said, bytes) else "double_value"
        setattr(binary.attributes.add(key=key).value, kind, said)
    tenant.http.post(PATHS[0], content=export.SerializeToString(), headers={"Content-Type": "application/x-protobuf"})
    written = {"bytes": {"bytesValue": "Af8C"}, "half": {"doubleValue": "0.5"}, "nan": {"doubleValue": "NaN"}}
    written |= {"up": {"doubleValue": "Infinity"}, "down": {"doubleValue": "-Infinity"}}
    pairs = [{"key": key, "value": said} for key, said in written.items()]
    send(tenant, {**span("in JSON"), "attributes": pairs})
    told = {"bytes": "01ff02", "nan": "NaN", "up": "Infinity", "down": "-Infinity", "half": 0.5}
    stored = tenant.call("POST", "/v1/events/search", {})["events"]
    found = {event["event_name"]: event["metadata"] for event in stored if event["event_type"] == "tool"}
    assert found == {"in protobuf": told, "in JSON": told}


def test_what_a_text_says_in_json_keeps_its_shape(tenant: Tenant) -> None:
    event = one(tenant, {"honeyhive_inputs": '{"places": {"0": "a", "1": "b"}}', "honeyhive_inputs.by": '{"0": "c"}'})
    assert event["inputs"] == {"places": {"0": "a", "1": "b"}, "by": {"0": "c"}}


@pytest.mark.parametrize("names", [("a", "a.b"), ("a.b", "a")])
def test_a_value_and_what_stands_below_it_are_both_kept(tenant: Tenant, names: tuple[str, str]) -> None:
    given = {"a": 1, "a.b": 2}
    event = one(tenant, {f"honeyhive_metadata.{name}": given[name] for name in names})
    assert event["metadata"] == given


RECORDED = {"name": "exception", "attributes": [{"key": "exception.message", "value": value("the key is invalid")}]}


@pytest.mark.parametrize(
    ("attributes", "fields", "expected"),
    [
        ({"honeyhive_error": "no key"}, {"status": {"code": "STATUS_CODE_ERROR", "message": "other"}}, "no key"),
        ({}, {"status": {"code": "STATUS_CODE_ERROR", "message": "invalid key"}}, "invalid key"),
        ({}, {"status": {"code": 2, "message": "invalid key"}}, "invalid key"),
        ({}, {"status": {"code": 2}, "events": [RECORDED]}, "the key is invalid"),
        ({}, {"status": {"code": 1, "message": "fine"}, "events": [RECORDED]}, None),
    ],
)
def test_a_failure_is_the_events_error(
    tenant: Tenant, attributes: dict[str, Any], fields: dict[str, Any], expected: str | None
) -> None:
    assert one(tenant, attributes, **fields)["error"] == expected
