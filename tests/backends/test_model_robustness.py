"""Proves that the scripted model takes or refuses all that is well-formed, and never fails at it, nor later."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from support.clients.model import ScriptedModel, Turn

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "How is Sarah?"}]}
CALLED = {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": "{}"}}
PICTURE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}, "text": 5}
CUSTOM = {"type": "custom", "custom": {"name": 5, "description": ["odd"], "parameters": 5}}
THOUGHT = {"type": "reasoning", "role": "system", "summary": []}
CLAUDE = {"model": "claude-opus-4-5", "max_tokens": 5, "messages": CHAT["messages"]}
ODD_TOOL = {"name": "find", "input_schema": {"type": "object"}, "function": 5}


def answered(turn: Turn, result: str, http: httpx.Client, scripted: ScriptedModel) -> httpx.Response:
    """What the turn answers to a request that ends with this tool result."""
    scripted.script(turn)
    history = [
        *CHAT["messages"],
        {"role": "assistant", "tool_calls": [CALLED]},
        {"role": "tool", "tool_call_id": "call_1", "content": result},
    ]
    return http.post("/chat/completions", json={**CHAT, "messages": history})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/chat/completions", {**CHAT, "messages": [{"role": "user", "content": [PICTURE]}]}),
        ("/chat/completions", {**CHAT, "tools": [CUSTOM]}),
        (
            "/responses",
            {"model": "gpt-4o", "input": [{"role": "user", "content": [{"type": "input_file", "text": 5}]}]},
        ),
        ("/responses", {"model": "gpt-4o", "input": [{"role": "user", "content": "How is Sarah?"}, THOUGHT]}),
        ("/messages", {**CLAUDE, "tools": [ODD_TOOL]}),
    ],
)
def test_fields_that_no_rule_speaks_of_are_not_read(
    model_http: httpx.Client, scripted: ScriptedModel, path: str, body: Any
) -> None:
    scripted.script(Turn.saying("Sarah is well."))
    answer = model_http.post(path, json=body, headers={"anthropic-version": "2023-06-01"})
    assert (answer.status_code, "Sarah is well." in answer.text) == (200, True), answer.text
    assert [each.finish for each in scripted.received(schemas=False)] == ["stop"], "and it can be shown"


@pytest.mark.parametrize(
    "metadata", ['{"a": 1e999}', '{"a": -1e999}', '{"a":' * 501 + "1" + "}" * 501], ids=["huge", "tiny", "deep"]
)
def test_what_could_not_be_sent_on_is_not_taken(
    model_http: httpx.Client, scripted: ScriptedModel, metadata: str
) -> None:
    scripted.script(Turn.saying("Sarah is well."))
    content = f'{{"model": "gpt-4o", "input": "How is Sarah?", "metadata": {metadata}}}'
    answer = model_http.post("/responses", content=content)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    assert answer.json()["error"]["message"].startswith("We could not parse the JSON body of your request.")


def test_what_is_nested_as_deeply_as_may_be_is_taken_and_shown(
    model_http: httpx.Client, scripted: ScriptedModel
) -> None:
    scripted.script(Turn.saying("Sarah is well."))
    metadata = json.loads('{"a":' * 499 + "1" + "}" * 499)
    answer = model_http.post("/responses", json={"model": "gpt-4o", "input": "Hello", "metadata": metadata})
    assert (answer.status_code, answer.json()["metadata"]) == (200, metadata)
    assert scripted.received(body=True)[0].body["metadata"] == metadata


@pytest.mark.parametrize(
    ("text", "result", "said"),
    [
        ("It is ${find:}.", "[" * 3_000, f"It is {'[' * 3_000}."),
        ("It is ${find:}.", '{"a": 1e999}', 'It is {"a": 1e999}.'),
    ],
    ids=["deep", "huge"],
)
def test_a_tool_result_that_is_no_json_is_a_text(
    model_http: httpx.Client, scripted: ScriptedModel, text: str, result: str, said: str
) -> None:
    answer = answered(Turn.saying(text), result, model_http, scripted)
    assert answer.json()["choices"][0]["message"]["content"] == said


@pytest.mark.parametrize(
    ("turn", "field", "fault"),
    [
        ({"text": "${find:[" + "9" * 5_000 + "]}"}, "turns.0.text", "the path cannot be read"),
        ({"text": "${find#" + "9" * 5_000 + ":}"}, "turns.0.text", "is not of the form"),
        ({"error": {"status": 429, "headers": {"a b": "x"}}}, "headers.a b", "String should match pattern"),
        ({"error": {"status": 429, "headers": {"x-why": "a\r\nb"}}}, "headers.x-why", "String should match pattern"),
        ({"error": {"status": 429, "headers": {"x-why": "5 €"}}}, "headers.x-why", "String should match pattern"),
        ({"error": {"status": 429, "headers": {"Content-Length": "3"}}}, "Content-Length", "is the server's own"),
        ({"error": {"status": "429"}}, "turns.0.error.status", "should be a valid integer"),
        ({"empty": "yes"}, "turns.0.empty", "should be a valid boolean"),
        ({"tool_calls": [{"name": "f", "arguments": {"a": 10**5}}]}, "arguments", "should be a finite number"),
    ],
)
def test_an_order_that_could_not_be_carried_out_is_refused_by_its_field(
    scripted: ScriptedModel, turn: Any, field: str, fault: str
) -> None:
    order = json.dumps({"turns": [turn]}).replace("100000", "1e999")
    answer = httpx.post(f"{scripted.control}/scripts", content=order, headers={"content-type": "application/json"})
    told = [each for each in answer.json()["detail"] if field in each["field"] and fault in each["fault"]]
    assert (answer.status_code, len(told)) == (422, 1), answer.text
    assert scripted.scripts() == []


@pytest.mark.parametrize(
    ("turn", "status", "body"),
    [
        ('{"error": {"status": 500, "body": "half: \\ud800"}}', 500, "half: ?"),
        ('{"malformed": "half: \\ud800"}', 200, "half: ?"),
    ],
)
def test_half_a_character_is_sent_as_a_question_mark(
    model_http: httpx.Client, scripted: ScriptedModel, turn: str, status: int, body: str
) -> None:
    order = f'{{"turns": [{turn}]}}'
    put = httpx.post(f"{scripted.control}/scripts", content=order, headers={"content-type": "application/json"})
    assert put.status_code == 200, put.text
    answer = model_http.post("/chat/completions", json=CHAT)
    assert (answer.status_code, answer.text) == (status, body)
