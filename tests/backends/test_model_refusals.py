"""Proves that the scripted model refuses what OpenAI refuses, and fails as it is told to, as clients see it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import openai
import pytest

from support.clients.model import Failure, ScriptedModel, Turn
from tests.backends.model_process import KEY, ModelProcess

ASKED: Any = [{"role": "user", "content": "How is Sarah?"}]
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
STRICT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
CALLING = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
}


def formatted(**schema: Any) -> dict[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", **schema}}}


@pytest.mark.parametrize(
    ("change", "param", "code", "message"),
    [
        ({"messages": None}, "messages", "invalid_type", "expected an array, but got null instead."),
        ({"messages": "hi"}, "messages", "invalid_type", "expected an array, but got a string instead."),
        ({"messages": []}, "messages", "empty_array", "Expected an array with minimum length 1"),
        ({"messages": ["hi"]}, "messages[0]", "invalid_type", "expected an object, but got a string"),
        ({"messages": [{"content": "x"}]}, "messages[0].role", "missing_required_parameter", "Missing required"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role", "invalid_value", "'robot'. Supported"),
        ({"messages": [{"role": "user"}]}, "messages[0].content", "missing_required_parameter", "Missing required"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content", "invalid_type", "got an integer"),
        ({"messages": [{"role": "user", "content": []}]}, "messages[0].content", "empty_array", "empty array"),
        (
            {"messages": [{"role": "user", "content": [{"type": "video"}]}]},
            "messages[0].content[0].type",
            "invalid_value",
            "Supported values are: 'text', 'image_url'",
        ),
        ({"messages": [{"role": "user", "content": "x", "mood": 1}]}, "messages[0].mood", "unknown_parameter", "mood"),
        ({"messages": [{"role": "assistant"}]}, "messages.[0].content", None, "expected a string, got null"),
        (
            {"messages": [*ASKED, {"role": "tool", "tool_call_id": "call_1", "content": "x"}]},
            "messages.[1].role",
            None,
            "must be a response to a preceeding message with 'tool_calls'",
        ),
        ({"messages": [*ASKED, CALLING]}, "messages.[1].role", None, "did not have response messages: call_1"),
        ({"messages": [*ASKED, CALLING, *ASKED]}, "messages.[1].role", None, "did not have response messages: call_1"),
        ({"model": None}, "model", "invalid_type", "expected a string, but got null"),
        ({"model": ""}, "model", "empty_string", "empty string"),
        ({"temperature": 2.1}, "temperature", "decimal_above_max_value", "Expected a value <= 2, but got 2.1 instead."),
        ({"temperature": -1}, "temperature", "decimal_below_min_value", "Expected a value >= 0, but got -1 instead."),
        ({"temperature": "hot"}, "temperature", "invalid_type", "expected a decimal"),
        ({"temperature": True}, "temperature", "invalid_type", "got a boolean"),
        ({"max_tokens": 0}, "max_tokens", "integer_below_min_value", ">= 1"),
        ({"max_tokens": 1.5}, "max_tokens", "invalid_type", "expected an integer, but got a decimal"),
        ({"max_tokens": 5, "max_completion_tokens": 5}, "max_tokens", "invalid_parameter_combination", "same time"),
        ({"top_p": 1.1}, "top_p", "decimal_above_max_value", "<= 1"),
        ({"n": 2}, "n", "unsupported_value", "one answer"),
        ({"n": 0}, "n", "integer_below_min_value", ">= 1"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop", "array_above_max_length", "maximum length 4"),
        ({"stream": "yes"}, "stream", "invalid_type", "expected a boolean"),
        ({"stream_options": {"include_usage": True}}, "stream_options", None, "only allowed when 'stream' is enabled"),
        ({"tool_choice": "auto"}, "tool_choice", None, "only allowed when 'tools' are specified"),
        ({"parallel_tool_calls": True}, "parallel_tool_calls", None, "only allowed when 'tools' are specified"),
        ({"tools": []}, "tools", "empty_array", "empty array"),
        ({"tools": [{"type": "function"}]}, "tools[0].function", "missing_required_parameter", "Missing required"),
        (
            {"tools": [{"type": "function", "function": {"name": "two words"}}]},
            "tools[0].function.name",
            "invalid_value",
            "does not match pattern",
        ),
        (
            {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "list"}}}]},
            "tools[0].function.parameters",
            "invalid_json_schema",
            "Invalid schema for function 'f'",
        ),
        ({"response_format": {"type": "xml"}}, "response_format.type", "invalid_value", "'json_object'"),
        ({"response_format": {"type": "json_object"}}, "messages", None, "must contain the word 'json'"),
        (formatted(), "response_format.json_schema.schema", "missing_required_parameter", "Missing required"),
        (
            formatted(schema=STRICT | {"additionalProperties": True}, strict=True),
            "response_format",
            "invalid_json_schema",
            "'additionalProperties' is required to be supplied and to be false",
        ),
        (
            formatted(schema=STRICT | {"required": []}, strict=True),
            "response_format",
            "invalid_json_schema",
            "Missing 'a'",
        ),
        ({"mood": "good"}, "mood", "unknown_parameter", "Unknown parameter: 'mood'."),
        ({"model": "o3", "max_tokens": 5}, "max_tokens", "unsupported_parameter", "Use 'max_completion_tokens'"),
        ({"model": "o3", "temperature": 0.2}, "temperature", "unsupported_value", "Only the default (1)"),
    ],
)
def test_a_request_that_the_provider_would_refuse_is_refused(
    model_http: httpx.Client,
    scripted: ScriptedModel,
    change: dict[str, Any],
    param: str,
    code: str | None,
    message: str,
) -> None:
    scripted.script(Turn.saying("never"))
    answer = model_http.post("/chat/completions", json={"model": "gpt-4o", "messages": ASKED, **change})
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"]) == (400, param, code)
    assert message in error["message"]
    assert error["type"] == "invalid_request_error"
    assert scripted.scripts()[0].taken == 0, "what is refused uses up no turn"


@pytest.mark.parametrize("missing", ["model", "messages"])
def test_what_is_missing_is_named(model_http: httpx.Client, missing: str) -> None:
    body = {name: value for name, value in {"model": "gpt-4o", "messages": ASKED}.items() if name != missing}
    error = model_http.post("/chat/completions", json=body).json()["error"]
    assert error == {
        "message": f"Missing required parameter: '{missing}'.",
        "type": "invalid_request_error",
        "param": missing,
        "code": "missing_required_parameter",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"tools": [TOOL], "tool_choice": "required", "parallel_tool_calls": False},
        {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "f"}}},
        formatted(schema=STRICT, strict=True),
        {"response_format": {"type": "json_object"}, "messages": [{"role": "user", "content": "Answer in JSON."}]},
        {"messages": [{"role": "developer", "content": [{"type": "text", "text": "Be kind."}]}, *ASKED]},
        {"messages": [*ASKED, CALLING, {"role": "tool", "tool_call_id": "call_1", "content": "x"}]},
        {"temperature": None, "max_tokens": None, "stop": None, "seed": 7, "user": "u", "metadata": {"a": "b"}},
        {"temperature": 0, "top_p": 1, "n": 1, "presence_penalty": -2, "frequency_penalty": 2, "logprobs": False},
        {"stream": True, "stream_options": {"include_usage": True}},
        {"model": "o3", "max_completion_tokens": 500, "reasoning_effort": "low", "temperature": 1},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]},
    ],
)
def test_a_request_that_the_provider_takes_is_taken(
    model_http: httpx.Client, scripted: ScriptedModel, change: dict[str, Any]
) -> None:
    scripted.script(Turn.saying("Well."))
    answer = model_http.post("/chat/completions", json={"model": "gpt-4o", "messages": ASKED, **change})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("invalid-key", "inva****-key"),
        ("sk-wrong-0123456789abcd", "sk-wrong***********abcd"),
        ("wrong", "*****"),
    ],
)
def test_a_key_that_is_not_accepted_is_refused_without_showing_it(
    openai_client: openai.OpenAI, key: str, shown: str
) -> None:
    with pytest.raises(openai.AuthenticationError) as caught:
        openai_client.with_options(api_key=key).chat.completions.create(model="gpt-4o", messages=ASKED)
    assert f"Incorrect API key provided: {shown}. You can find" in caught.value.message
    assert (caught.value.code, caught.value.type) == ("invalid_api_key", "invalid_request_error")
    assert key not in caught.value.response.text


def test_a_request_without_a_key_is_refused(model_process: ModelProcess) -> None:
    for path in ("chat/completions", "responses", "embeddings", "moderations"):
        answer = httpx.post(f"{model_process.address}/{path}", json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, None)
        assert "You didn't provide an API key" in answer.json()["error"]["message"]
    assert httpx.get(f"{model_process.address}/models").status_code == 401


def test_models_that_are_not_there_are_refused(openai_client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="`gpt-4x` does not exist") as caught:
        openai_client.chat.completions.create(model="gpt-4x", messages=ASKED)
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError, match="not a chat model"):
        openai_client.chat.completions.create(model="text-embedding-3-small", messages=ASKED)


def test_bodies_and_paths_that_make_no_sense_are_refused(model_http: httpx.Client) -> None:
    broken = model_http.post("/chat/completions", content=b'{"model": ')
    assert (broken.status_code, broken.json()["error"]["type"]) == (400, "invalid_request_error")
    assert "could not parse the JSON body" in broken.json()["error"]["message"]
    assert model_http.post("/chat/completions", json=[1]).status_code == 400
    assert model_http.post("/completions", json={}).json()["error"]["message"] == "Invalid URL (POST /v1/completions)"
    assert model_http.get("/chat/completions").status_code == 405


def test_a_body_that_is_too_large_is_refused(start_model: Callable[..., ModelProcess]) -> None:
    small = start_model(MODEL_MAX_BODY_BYTES="1000")
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "x" * 1000}]}
    answer = httpx.post(f"{small.address}/chat/completions", json=body, headers={"Authorization": "Bearer any"})
    assert answer.status_code == 413


# --- errors that are scripted ---


def test_the_client_waits_as_a_429_says_and_tries_again(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.failing(429, retry_after=0.3), Turn.failing(503, retry_after=0.05), Turn.saying("Well."))
    answer = openai_client.chat.completions.create(model="gpt-4o", messages=ASKED)
    assert answer.choices[0].message.content == "Well."
    first, second, third = scripted.received()
    assert [each.status for each in (first, second, third)] == [429, 503, 200]
    assert first.ended is not None
    assert 0.3 <= second.started - first.ended < 1.0
    assert [each.headers["x-stainless-retry-count"] for each in (first, second, third)] == ["0", "1", "2"]


def test_a_429_carries_its_limits(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.failing(429, retry_after=7, headers={"X-RateLimit-Limit-Requests": "10"}))
    with pytest.raises(openai.RateLimitError) as caught:
        openai_client.with_options(max_retries=0).chat.completions.create(model="gpt-4o", messages=ASKED)
    headers = caught.value.response.headers
    assert (headers["retry-after"], headers["x-ratelimit-remaining-requests"]) == ("7", "0")
    assert (headers["x-ratelimit-limit-requests"], headers["x-ratelimit-reset-requests"]) == ("10", "7s")
    assert (caught.value.code, caught.value.type) == ("rate_limit_exceeded", "requests")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError),
        (409, openai.ConflictError),
        (422, openai.UnprocessableEntityError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
def test_every_error_is_the_clients_own(
    openai_client: openai.OpenAI, scripted: ScriptedModel, status: int, kind: type[openai.APIStatusError]
) -> None:
    scripted.script(Turn.failing(status, message="As told.", param="here", code="told", type="telling"), repeat=True)
    with pytest.raises(kind) as caught:
        openai_client.with_options(max_retries=0).chat.completions.create(model="gpt-4o", messages=ASKED)
    error = caught.value
    assert (error.status_code, error.param, error.code, error.type) == (status, "here", "told", "telling")
    assert "As told." in error.message
    with pytest.raises(kind):
        openai_client.with_options(max_retries=0).responses.create(model="gpt-4o", input="Hi", stream=True)


def test_the_client_gives_up_after_its_retries(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.failing(500, headers={"retry-after-ms": "20"}), repeat=True)
    with pytest.raises(openai.InternalServerError):
        openai_client.with_options(max_retries=3).chat.completions.create(model="gpt-4o", messages=ASKED)
    assert len(scripted.received()) == 4


def test_a_body_is_answered_as_it_was_given(model_http: httpx.Client, scripted: ScriptedModel) -> None:
    scripted.script(
        Turn(error=Failure(status=502, body="<html>Bad gateway</html>", headers={"content-type": "text/html"})),
        Turn(error=Failure(status=400, body={"detail": ["odd"]})),
        Turn(error=Failure(status=500, body=None)),
    )
    page, odd, null = [
        model_http.post("/chat/completions", json={"model": "gpt-4o", "messages": ASKED}) for _ in range(3)
    ]
    assert (page.text, page.headers["content-type"]) == ("<html>Bad gateway</html>", "text/html")
    assert odd.json() == {"detail": ["odd"]}
    assert (null.status_code, "error" in null.json()) == (500, True), "no body given: the provider's own"


@pytest.mark.parametrize("malformed", [True, "<html>"])
def test_an_answer_that_is_malformed_is_no_answer(
    openai_client: openai.OpenAI, scripted: ScriptedModel, malformed: bool | str
) -> None:
    scripted.script(Turn(malformed=malformed), repeat=True)
    with pytest.raises((openai.OpenAIError, ValueError)):
        openai_client.with_options(max_retries=0).chat.completions.create(model="gpt-4o", messages=ASKED)
    with pytest.raises((openai.OpenAIError, ValueError)):
        list(
            openai_client.with_options(max_retries=0).chat.completions.create(
                model="gpt-4o", messages=ASKED, stream=True
            )
        )
    assert [each.error for each in scripted.received()] == ["malformed", "malformed"]


def test_the_client_times_out_and_the_model_sees_it_go(model_process: ModelProcess, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Too late.", delay_s=30))
    started = time.monotonic()
    with (
        openai.OpenAI(base_url=model_process.address, api_key=KEY, timeout=0.2, max_retries=0) as impatient,
        pytest.raises(openai.APITimeoutError),
    ):
        impatient.chat.completions.create(model="gpt-4o", messages=ASKED)
    assert time.monotonic() - started < 5
