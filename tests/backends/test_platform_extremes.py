"""Proves that what the platform acknowledged survives a kill, and that extremes do not make it fail."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from support.checks.waiting import eventually

from .conftest import PlatformProcess, Tenant

HUGE = 10**400
DEEP = '{"a":' * 400 + "1" + "}" * 400


def spans(*attributes: tuple[str, str]) -> dict[str, Any]:
    pairs = [{"key": key, "value": {"stringValue": value}} for key, value in attributes]
    one = {"traceId": secrets.token_hex(16), "spanId": secrets.token_hex(8), "name": "x", "attributes": pairs}
    return {"resourceSpans": [{"scopeSpans": [{"spans": [one]}]}]}


def test_what_was_acknowledged_survives_a_kill(
    start_platform: Callable[..., PlatformProcess], admit: Callable[..., Tenant]
) -> None:
    platform = start_platform()
    tenant = admit(platform)
    slow = {"name": "due", "type": "PYTHON", "criteria": "sum(range(5 * 10**5)) * 0 + 1", "enabled_in_prod": True}
    tenant.call("POST", "/v1/metrics", slow)
    sent = spans(("honeyhive_event_id", "from a span"))
    batch = {"events": [{"event_type": "tool", "inputs": {}, "event_id": f"e{number}"} for number in range(6)]}
    tenant.call("POST", "/v1/traces", sent)
    tenant.call("POST", "/v1/runs", {"run_id": "run", "status": "running"})
    tenant.call("PUT", "/events", {"event_id": "later", "outputs": {"b": 1}})
    tenant.call("POST", "/v1/events/batch", batch)
    tenant.call("PUT", "/events", {"event_id": "e0", "outputs": {"a": 1}})
    platform.kill()
    platform.start()
    tenant.http.base_url = platform.address

    def read(event: str) -> Any:
        return tenant.call("GET", f"/v1/events/{event}")["event"]

    assert read("e0")["outputs"] == {"a": 1}
    assert tenant.call("GET", "/v1/runs/run")["evaluation"]["status"] == "running"
    stored = tenant.call("POST", "/v1/events/search", {})["totalEvents"]
    tenant.call("POST", "/v1/traces", sent)
    assert tenant.call("POST", "/v1/events/search", {})["totalEvents"] == stored
    tenant.call("POST", "/v1/events", {"event_type": "tool", "inputs": {}, "event_id": "later"})
    assert read("later")["outputs"] == {"b": 1}

    def scored() -> None:
        wanted = ["from a span", "later", *(f"e{number}" for number in range(6))]
        assert [event for event in wanted if read(event)["metrics"].get("due") != 1] == []

    eventually(scored, within=20, what="every score that was due is there")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/events", {"event_type": "tool", "inputs": {}, "start_time": HUGE}),
        ("POST", "/v1/events", {"event_type": "tool", "inputs": {}, "duration": HUGE}),
        ("POST", "/v1/events", f'{{"event_type": "tool", "inputs": {DEEP}}}'),
        ("PUT", "/v1/events/x", f'{{"metadata": {DEEP}}}'),
        ("PUT", "/v1/events/x", {"end_time": -1}),
        ("POST", "/v1/events/search", {"filters": [{"field": "a", "operator": "is", "value": HUGE, "type": "number"}]}),
        ("POST", "/v1/events/search", {"filters": [{"field": "a" + ".a" * 5000, "operator": "exists"}]}),
        ("POST", "/v1/events/search", {"dateRange": {"$gte": HUGE}}),
        ("POST", "/v1/events/search", {"dateRange": {"relative": "9" * 30 + "d"}}),
        ("POST", "/v1/events/search", {"limit": HUGE}),
        ("POST", "/v1/events/search", {"page": HUGE}),
        ("POST", "/v1/metrics", {"name": "m", "type": "PYTHON", "criteria": "1", "threshold": {"min": HUGE}}),
        ("POST", "/v1/metrics", {"name": "m", "type": "PYTHON", "criteria": "1", "scale": HUGE}),
        ("POST", "/v1/runs", {"passing_ranges": {"k": {"min": HUGE}}}),
        ("GET", "/v1/runs?page=" + "9" * 30, None),
        ("GET", '/v1/runs?dateRange={"$gte":1' + "0" * 30 + "}", None),
        ("POST", "/v1/traces", DEEP),
    ],
)
def test_extremes_are_refused(tenant: Tenant, method: str, path: str, body: Any) -> None:
    content = body if isinstance(body, str | None) else json.dumps(body)
    answer = tenant.http.request(method, path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["success"] is False


@pytest.mark.parametrize("criteria", ["10**400", "1e308 * 10", "(" * 5000, "a\x00", "x = 'y' * 10**9\nresult = x"])
def test_extreme_criteria_are_an_error_with_a_cause(tenant: Tenant, criteria: str) -> None:
    body = {"metric": {"name": "m", "type": "PYTHON", "criteria": criteria}, "event": {}}
    tenant.refused("POST", "/v1/metrics/run", body, status=422, naming="metric m failed: ")


def test_text_that_is_no_unicode_is_an_error_with_a_cause_and_escaped_where_it_explains(tenant: Tenant) -> None:
    def body(criteria: str, kind: str) -> Any:
        return {"metric": {"name": "m", "type": "PYTHON", "return_type": kind, "criteria": criteria}, "event": {}}

    text, raising = "'a' + chr(0xd800)", "def f(event):\n    raise ValueError(chr(0xd800))"
    tenant.refused("POST", "/v1/metrics/run", body(text, "string"), status=422, naming="'a\\ud800' is not what")
    tenant.refused("POST", "/v1/metrics/run", body(raising, "float"), status=422, naming="ValueError: \\ud800")
    answer = tenant.call("POST", "/v1/metrics/run", body(f"(1, {text})", "float"))
    assert (answer["result"], answer["explanation"]) == (1, "a\\ud800")


def test_what_explains_a_score_is_written_to_the_event_whatever_it_says(tenant: Tenant) -> None:
    told = {"name": "odd", "type": "PYTHON", "criteria": "(1, chr(0xd800))", "enabled_in_prod": True}
    tenant.call("POST", "/v1/metrics", told)
    event = tenant.call("POST", "/v1/events", {"event_type": "tool", "inputs": {}})["event_id"]

    def scored() -> None:
        metrics = tenant.call("GET", f"/v1/events/{event}")["event"]["metrics"]
        assert metrics == {"odd": 1, "odd_explanation": "\\ud800"}

    eventually(scored, within=20, what="the score is there")


def test_the_schema_passes_over_what_names_no_dataset(tenant: Tenant) -> None:
    for dataset in ([1], {"a": 1}, 7, "known"):
        event = {"event_type": "tool", "inputs": {}, "metadata": {"dataset_id": dataset}}
        tenant.call("POST", "/v1/events", event)
    assert tenant.call("GET", "/v1/events/schema")["datasets"] == ["known"]


def test_extreme_attributes_of_a_span_are_stored(tenant: Tenant) -> None:
    far = "honeyhive_inputs" + ".a" * 1000
    tenant.call("POST", "/v1/traces", spans((far, "x"), ("honeyhive_outputs", DEEP), ("honeyhive_config.n", "[NaN]")))
    (event,) = [
        event for event in tenant.call("POST", "/v1/events/search", {})["events"] if event["event_type"] != "session"
    ]
    assert event["outputs"] == {"result": DEEP}
    assert event["config"] == {"n": "[NaN]"}
    assert json.dumps(event["inputs"]).count("a") == 1000


@pytest.mark.parametrize(
    ("name", "said", "bucket", "kept"),
    [
        ("honeyhive_inputs", '{"a": 1e999}', "inputs", {"value": '{"a": 1e999}'}),
        ("honeyhive_inputs", '{"a": "\\ud800"}', "inputs", {"value": '{"a": "\\ud800"}'}),
        ("honeyhive_inputs.a.²", "x", "inputs", {"a": {"²": "x"}}),
        ("honeyhive_inputs.a.01", "x", "inputs", {"a": {"01": "x"}}),
        (
            f"llm.input_messages.{'1' * 5000}.content",
            "x",
            "metadata",
            {f"llm.input_messages.{'1' * 5000}.content": "x"},
        ),
    ],
)
def test_odd_attributes_of_a_span_are_kept(tenant: Tenant, name: str, said: str, bucket: str, kept: Any) -> None:
    tenant.call("POST", "/v1/traces", spans((name, said)))
    found = tenant.call("POST", "/v1/events/search", {})["events"]
    assert [event[bucket] for event in found if event["event_type"] != "session"] == [kept]


@pytest.mark.parametrize(
    ("field", "odd"),
    [
        ("startTimeUnixNano", HUGE),
        ("startTimeUnixNano", "-1"),
        ("endTimeUnixNano", str(2**64)),
        ("attributes", [{"key": "n", "value": {"intValue": str(2**63)}}]),
        ("attributes", [{"key": "n", "value": {"intValue": -HUGE}}]),
        ("attributes", [{"key": "n", "value": {"doubleValue": HUGE}}]),
        ("attributes", [{"key": "n", "value": {"doubleValue": True}}]),
        ("attributes", [{"key": "n", "value": {"bytesValue": "&"}}]),
    ],
)
def test_what_a_span_cannot_be_is_refused(tenant: Tenant, field: str, odd: Any) -> None:
    sent = spans()
    sent["resourceSpans"][0]["scopeSpans"][0]["spans"][0][field] = odd
    tenant.refused("POST", "/v1/traces", sent, status=400, naming=field)
    assert tenant.call("POST", "/v1/events/search", {})["totalEvents"] == 0


def test_extreme_values_do_not_count(tenant: Tenant) -> None:
    metadata = {"run_id": "run", "datapoint_id": "d"}
    session = {"metadata": metadata, "session_name": "S"}
    started = tenant.call("POST", "/session/start", {"session": session})["session_id"]
    metrics = {"huge": HUGE, "small": 1e-300, "score": 1}
    tenant.call("PUT", "/events", {"event_id": started, "metrics": metrics})
    tenant.call("POST", "/v1/runs", {"run_id": "run"})
    details = tenant.call("GET", "/v1/runs/run/result")["metrics"]["details"]
    assert [one["metric_name"] for one in details] == ["score", "small"]
    assert len(tenant.call("GET", "/v1/runs/run/compare-with/run")["metrics"]) == 2
