"""Proves that spans are said to Phoenix in OpenInference's words, and read back from either interface alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from support.clients.evaluation_platform.adapters.mlflow.spans import Events, in_mlflows_words
from support.clients.evaluation_platform.adapters.mlflow.wire import Key as MlflowKey
from support.clients.evaluation_platform.adapters.mlflow.wire import Wire as MlflowWire
from support.clients.evaluation_platform.adapters.phoenix.spans import GraphEvents, RestEvents, in_openinference
from support.clients.evaluation_platform.adapters.phoenix.wire import Key, Wire
from support.clients.evaluation_platform.collector import SpanSent
from support.clients.evaluation_platform.interface import Event, NotOffered, Page

TIMES = "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:01.250500+00:00"
SAID = {"output.value": '{"answer": "On its way"}', "session.id": "chat", "metadata.channel": "mail"}
REST: dict[str, Any] = {
    "data": [
        {
            "name": "answer",
            "context": {"trace_id": "01" * 16, "span_id": "02" * 8},
            "span_kind": "LLM",
            "parent_id": None,
            "start_time": TIMES[0],
            "end_time": TIMES[1],
            "status_code": "ERROR",
            "status_message": "too slow",
            "attributes": SAID,
        }
    ],
    "next_cursor": None,
}
NODE = {
    "spanId": "02" * 8,
    "parentId": None,
    "name": "answer",
    "spanKind": "llm",
    "statusCode": "ERROR",
    "statusMessage": "too slow",
    "startTime": TIMES[0],
    "endTime": TIMES[1],
    "attributes": json.dumps({"output": {"value": SAID["output.value"]}, "metadata": {"channel": "mail"}}),
    "trace": {"session": {"sessionId": "chat"}},
}
SPANS = {"edges": [{"node": NODE}], "pageInfo": {"hasNextPage": False, "endCursor": "Mw=="}}
GRAPH = {"data": {"getProjectByName": {"spans": SPANS}}}


def wire(monkeypatch: pytest.MonkeyPatch, answer: Any) -> Wire:
    made = Wire("http://127.0.0.1:9", Key("token", "ours"))
    monkeypatch.setattr(made, "_request", lambda *_, **__: httpx.Response(200, json=answer))
    return made


def test_what_the_suite_says_of_a_span_is_said_in_openinference() -> None:
    said = {
        "honeyhive.session_id": "chat",
        "honeyhive_event_type": "tool",
        "honeyhive_inputs.question": "Where?",
        "honeyhive_outputs.answer": "Here",
        "honeyhive_outputs.sure": True,
        "number": 3,
    }
    assert in_openinference(SpanSent(b"1" * 16, b"2" * 8, "answer", attributes=said)).attributes == {
        "session.id": "chat",
        "openinference.span.kind": "TOOL",
        "input.value": '{"question": "Where?"}',
        "input.mime_type": "application/json",
        "output.value": '{"answer": "Here", "sure": true}',
        "output.mime_type": "application/json",
        "number": 3,
    }


@pytest.mark.parametrize(("door", "answer"), [(RestEvents, REST), (GraphEvents, GRAPH)])
def test_a_span_is_the_same_event_through_either_interface(
    monkeypatch: pytest.MonkeyPatch, door: type[RestEvents | GraphEvents], answer: Any
) -> None:
    page = door(wire(monkeypatch, answer)).list(session="chat")
    assert isinstance(page, Page)
    assert page.items == (
        Event(
            id="02" * 8,
            session="chat",
            type="model",
            name="answer",
            parent="chat",
            outputs={"answer": "On its way"},
            metadata={"channel": "mail"},
            error="too slow",
            start_time=1767225600000.0,
            end_time=1767225601250.5,
            duration=1250.5,
        ),
    )


def test_a_page_after_the_last_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    page = RestEvents(wire(monkeypatch, REST)).list(limit=1, page=2)
    assert isinstance(page, Page)
    assert (page.items, page.has_next) == ((), False)


@pytest.mark.parametrize("held", [2345, 3000])
@pytest.mark.parametrize(
    ("limit", "page", "expected"),
    [
        (None, None, range(9999)),
        (5000, 1, range(5000)),
        (1500, 1, range(1500)),
        (1500, 2, range(1500, 3000)),
        (5000, 2, range(0)),
    ],
)
def test_a_page_is_as_long_as_asked_for_whatever_phoenix_answers_at_once(
    monkeypatch: pytest.MonkeyPatch, held: int, limit: int | None, page: int | None, expected: range
) -> None:
    made = wire(monkeypatch, None)

    def answered(_: str, __: str, *, query: dict[str, Any]) -> dict[str, Any]:
        first = int(query["cursor"] or 0)
        after = first + min(query["limit"], 1000)
        spans = [REST["data"][0] | {"name": str(number)} for number in range(first, min(after, held))]
        return {"data": spans, "next_cursor": str(after) if after < held else None}

    monkeypatch.setattr(made, "ask", answered)
    listed = RestEvents(made).list(limit=limit, page=page)
    assert isinstance(listed, Page)
    assert [event.name for event in listed.items] == [str(number) for number in expected if number < held]
    assert listed.has_next == (limit is not None and limit * (page or 1) < held)


@pytest.mark.parametrize("door", [RestEvents, GraphEvents])
def test_events_are_chosen_by_nothing_that_the_adapter_does_not_know(
    monkeypatch: pytest.MonkeyPatch, door: type[RestEvents | GraphEvents]
) -> None:
    with pytest.raises(NotOffered, match=r"by type$"):
        door(wire(monkeypatch, REST)).list(type="model", session="chat")


@pytest.mark.parametrize("speak", [in_openinference, in_mlflows_words])
def test_a_type_that_the_adapter_does_not_know_is_not_offered(speak: Callable[[SpanSent], SpanSent]) -> None:
    with pytest.raises(NotOffered, match="model, tool, chain, not 'session'"):
        speak(SpanSent(b"1" * 16, b"2" * 8, "answer", attributes={"honeyhive_event_type": "session"}))


def test_a_name_that_a_filter_of_mlflow_cannot_say_is_not_offered() -> None:
    with pytest.raises(NotOffered, match="cannot say both quotes"):
        Events(MlflowWire("http://127.0.0.1:9", MlflowKey(None, "ours", "1"), "mlflow")).find('Maya\'s "plan"')


def test_an_event_is_not_made_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotOffered, match="by OTLP alone"):
        RestEvents(wire(monkeypatch, REST)).create({})
