"""Proves that spans are said to MLflow in its words, and read back, one by one or listed, as the same events.

The answers are MLflow 3.17.2's own, as it gave them to two spans of one trace; long texts are shortened.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from support.clients.evaluation_platform.adapters.mlflow.spans import Events, Sessions, in_mlflows_words
from support.clients.evaluation_platform.adapters.mlflow.wire import Key, Wire
from support.clients.evaluation_platform.collector import SpanSent
from support.clients.evaluation_platform.interface import (
    Condition,
    ContractBroken,
    Deleted,
    Event,
    NotOffered,
    Page,
    Refusal,
)

TRACE = "tr-11111111111111111111111111111111"
INFO = """
{"trace_id":"tr-11111111111111111111111111111111","trace_location":{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":
{"experiment_id":"1"}},"request_time":"2026-01-01T00:00:00Z","execution_duration":"1.250s","state":"OK",
"trace_metadata":{"mlflow.trace.session":"chat"},"tags":{"mlflow.trace.spansLocation":"TRACKING_STORE"},
"response_preview":"{\\"answer\\": \\"x\\"}"}
"""
SPANS = """
[{"trace_id":"EREREREREREREREREREREQ==","span_id":"qqqqqqqqqqo=","name":"plan","start_time_unix_nano":
1767225600000000000,"end_time_unix_nano":1767225601250500000,"attributes":[{"key":"session.id","value":{"string_value":
"chat"}},{"key":"channel","value":{"string_value":"mail"}},{"key":"mlflow.spanType","value":{"string_value":"LLM"}},
{"key":"n","value":{"int_value":3}},{"key":"l","value":{"array_value":{"values":[{"int_value":1},{"int_value":2}]}}},
{"key":"mlflow.spanOutputs","value":{"kvlist_value":{"values":[{"key":"answer","value":{"string_value":"x"}}]}}},
{"key":"mlflow.traceRequestId","value":{"string_value":"tr-11111111111111111111111111111111"}},{"key":"nothing"}],
"status":{}},{"trace_id":"EREREREREREREREREREREQ==","span_id":"q6urq6urq6s=","parent_span_id":"qqqqqqqqqqo=","name":"answer",
"start_time_unix_nano":1767225600000000000,"end_time_unix_nano":1767225601250500000,"attributes":[{"key":"session.id",
"value":{"string_value":"chat"}},{"key":"mlflow.spanInputs","value":{"string_value":"plain"}}],
"status":{"code":"STATUS_CODE_ERROR","message":"too slow"}}]
"""
FULL = f'{{"trace_info":{INFO},"spans":{SPANS}}}'
ONE, MANY, FOUND = f'{{"trace":{FULL}}}', f'{{"traces":[{FULL}]}}', f'{{"traces":[{INFO}]}}'
TIMES: dict[str, Any] = {"start_time": 1767225600000.0, "end_time": 1767225601250.5, "duration": 1250.5}
PLAN = Event(
    id=f"{TRACE}/aaaaaaaaaaaaaaaa",
    session="chat",
    type="model",
    name="plan",
    parent="chat",
    outputs={"answer": "x"},
    metadata={"channel": "mail", "n": 3, "l": [1, 2], "nothing": None},
    **TIMES,
)
ANSWER = Event(
    id=f"{TRACE}/abababababababab",
    session="chat",
    type=None,
    name="answer",
    parent=PLAN.id,
    inputs={"value": "plain"},
    error="too slow",
    **TIMES,
)
ANSWERS = {"traces/get": ONE, "traces/batchGet": MANY, "traces/search": FOUND}


class Server:
    """Answers each path of MLflow's with a text, and keeps what was asked: path, then query or body."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answers: dict[str, str | tuple[int, str]]) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.wire = Wire("http://127.0.0.1:9", Key("token", "ours", "1"), "api")

        def answered(_: str, path: str, **parts: Any) -> httpx.Response:
            name = path.removeprefix("/api/3.0/mlflow/")
            self.asked.append((name, parts.get("json", parts.get("params"))))
            told = answers[name]
            status, text = told if isinstance(told, tuple) else (200, told)
            return httpx.Response(status, text=text)

        monkeypatch.setattr(self.wire, "_request", answered)


def test_what_the_suite_says_of_a_span_is_said_in_mlflows_words() -> None:
    said = {
        "honeyhive.session_id": "chat",
        "honeyhive_event_type": "tool",
        "honeyhive_inputs.question": "Where?",
        "honeyhive_outputs.answer": "Here",
        "honeyhive_outputs.sure": True,
        "number": 3,
    }
    assert in_mlflows_words(SpanSent(b"1" * 16, b"2" * 8, "answer", attributes=said)).attributes == {
        "session.id": "chat",
        "mlflow.spanType": "TOOL",
        "mlflow.spanInputs": '{"question": "Where?"}',
        "mlflow.spanOutputs": '{"answer": "Here", "sure": true}',
        "number": 3,
    }


def test_the_spans_of_a_session_are_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch, dict(ANSWERS))
    page = Events(server.wire).list(session="chat")
    assert isinstance(page, Page)
    assert page.items == (PLAN, ANSWER)
    (search, asked), (read, query) = server.asked
    assert (search, asked["filter"]) == ("traces/search", "metadata.`mlflow.trace.session` = 'chat'")
    assert asked["locations"] == [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "1"}}]
    assert (read, query) == ("traces/batchGet", {"trace_ids": [TRACE]})


@pytest.mark.parametrize("event", [PLAN, ANSWER])
def test_one_span_is_read_of_its_trace_alone_and_is_the_event_that_the_list_shows(
    monkeypatch: pytest.MonkeyPatch, event: Event
) -> None:
    server = Server(monkeypatch, {"traces/get": ONE})
    assert Events(server.wire).get(event.id) == event
    assert server.asked == [("traces/get", {"trace_id": TRACE})]


def test_a_span_that_its_trace_does_not_hold_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Events(Server(monkeypatch, {"traces/get": ONE}).wire).get(f"{TRACE}/0000000000000001")
    assert isinstance(told, Refusal)
    assert told.reason == "not found"


def test_a_trace_that_is_out_of_reach_is_refused_as_mlflow_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Events(Server(monkeypatch, {"traces/get": (403, "Permission denied")}).wire).get(PLAN.id)
    assert isinstance(told, Refusal)
    assert (told.status, told.reason, told.message) == (403, "forbidden", "Permission denied")


def test_a_success_without_a_trace_breaks_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ContractBroken, match="lacks trace"):
        Events(Server(monkeypatch, {"traces/get": "{}"}).wire).get(PLAN.id)


def test_events_of_a_name_are_chosen_within_the_traces_that_hold_one(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch, dict(ANSWERS))
    page = Events(server.wire).find("answer")
    assert isinstance(page, Page)
    assert page.items == (ANSWER,)
    assert server.asked[0][1]["filter"] == "span.name = 'answer'"


def test_spans_that_say_something_are_chosen_within_the_traces_that_hold_one(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch, dict(ANSWERS))
    page = Events(server.wire).search([Condition(field="metadata.channel", operator="exists")])
    assert isinstance(page, Page)
    assert page.items == (PLAN,)
    assert server.asked[0][1]["filter"] == "span.attributes.channel LIKE '%'"


@pytest.mark.parametrize(("field", "operator"), [("metadata.channel", "is"), ("name", "exists")])
def test_a_search_that_mlflow_has_no_words_for_is_not_offered(
    monkeypatch: pytest.MonkeyPatch, field: str, operator: str
) -> None:
    with pytest.raises(NotOffered, match=f"{field} {operator}"):
        Events(Server(monkeypatch, {}).wire).search([Condition(field=field, operator=operator)])


@pytest.mark.parametrize(("limit", "page", "expected"), [(1, 1, [PLAN]), (1, 2, [ANSWER]), (1, 3, []), (2, 1, None)])
def test_pages_are_of_spans_not_of_traces(
    monkeypatch: pytest.MonkeyPatch, limit: int, page: int, expected: list[Event] | None
) -> None:
    told = Events(Server(monkeypatch, dict(ANSWERS)).wire).list(limit=limit, page=page)
    assert isinstance(told, Page)
    assert list(told.items) == ([PLAN, ANSWER] if expected is None else expected)


def test_every_page_of_traces_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    first = json.dumps(json.loads(FOUND) | {"next_page_token": "more"})
    server = Server(monkeypatch, dict(ANSWERS))
    told = iter([first, FOUND])
    answered = server.wire._request

    def paged(method: str, path: str, **parts: Any) -> httpx.Response:
        if path.endswith("traces/search"):
            server.asked.append(("traces/search", dict(parts["json"])))
            return httpx.Response(200, text=next(told))
        return answered(method, path, **parts)

    monkeypatch.setattr(server.wire, "_request", paged)
    Events(server.wire).list()
    assert [asked.get("page_token") for name, asked in server.asked if name == "traces/search"] == [None, "more"]
    assert server.asked[-1] == ("traces/batchGet", {"trace_ids": [TRACE, TRACE]})


def test_a_session_is_what_its_traces_say(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(Server(monkeypatch, dict(ANSWERS)).wire)
    session = Event(id="chat", session="chat", type="session", name=None)
    page = sessions.list()
    assert isinstance(page, Page)
    assert page.items == (session,)
    assert sessions.get("chat") == session


@pytest.mark.parametrize(("deleted", "confirmed"), [(1, True), (0, False)])
def test_a_session_is_deleted_with_every_trace_of_it(
    monkeypatch: pytest.MonkeyPatch, deleted: int, confirmed: bool
) -> None:
    server = Server(monkeypatch, {**ANSWERS, "traces/delete-traces": f'{{"traces_deleted": {deleted}}}'})
    assert Sessions(server.wire).delete("chat") == Deleted(id="chat", confirmed=confirmed)
    assert server.asked[-1] == ("traces/delete-traces", {"experiment_id": "1", "request_ids": [TRACE]})


def test_a_session_of_no_trace_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(Server(monkeypatch, {"traces/search": "{}"}).wire)
    told = sessions.get("chat"), sessions.delete("chat")
    assert [each.reason for each in told if isinstance(each, Refusal)] == ["not found", "not found"]
