"""Proves that scripts go to the conversations they are meant for, that nothing is made up, and that all is recorded."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anthropic
import httpx
import openai
import pytest

from support.backends.model import gates
from support.checks.waiting import eventually
from support.clients.model import (
    Condition,
    Received,
    ScriptedModel,
    ScriptRefusedError,
    ToolCall,
    Turn,
    UnreachableError,
    most_at_once,
)
from tests.backends.model_process import KEY, OTHER_KEY, ModelProcess
from tests.wire_servers import hang_up_within

ASKED: Any = [{"role": "user", "content": "How is Sarah?"}]
RESULT: Any = [
    *ASKED,
    {
        "role": "assistant",
        "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "find", "arguments": "{}"}}],
    },
    {
        "role": "tool",
        "tool_call_id": "call_1",
        "content": '{"people": [{"name": "Sarah", "id": 8}], "odd key": [1, 2]}',
    },
]


def said(client: openai.OpenAI, messages: Any = ASKED, **more: Any) -> str | None:
    """What the model answers."""
    answer = client.chat.completions.create(**{"model": "gpt-4o", "messages": messages, **more})
    content: str | None = answer.choices[0].message.content
    return content


def only(scripted: ScriptedModel) -> Received:
    (received,) = scripted.received(body=True)
    return received


# --- which script answers ---


def test_turns_are_taken_in_order_and_once(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    id_ = scripted.script(Turn.saying("one"), Turn.saying("two"), name="pair")
    scripted.script(Turn.saying("three"))
    assert [said(openai_client) for _ in range(3)] == ["one", "two", "three"]
    pair, other = scripted.scripts()
    assert [(each.script, each.turn) for each in scripted.received()] == [("pair", 1), ("pair", 2), (other.id, 1)]
    assert (pair.id, pair.name, pair.taken, pair.left) == (id_, "pair", 2, 0)


def test_a_repeated_script_never_ends(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("one"), Turn.saying("two"), repeat=True)
    assert [said(openai_client) for _ in range(5)] == ["one", "two", "one", "two", "one"]
    assert scripted.scripts()[0].left is None


@pytest.mark.parametrize(
    ("condition", "matching", "other"),
    [
        ({"system_contains": "web"}, {"messages": [{"role": "system", "content": "a web helper"}, *ASKED]}, {}),
        (
            {"last_user_contains": "Lee"},
            {"messages": [{"role": "user", "content": "And Lee?"}]},
            {"messages": [{"role": "user", "content": "And Lee?"}, *ASKED]},
        ),
        ({"any_user_contains": "Lee"}, {"messages": [{"role": "user", "content": "And Lee?"}, *ASKED]}, {}),
        ({"tool_result": True}, {"messages": RESULT}, {}),
        ({"tool_result": False}, {}, {"messages": RESULT}),
        ({"tool_result": "find"}, {"messages": RESULT}, {"messages": [*RESULT, *ASKED]}),
        ({"model": "gpt-4o-mini"}, {"model": "gpt-4o-mini"}, {}),
        (
            {"header": {"X-Client-Request-Id": "session-1/*"}},
            {"extra_headers": {"x-client-request-id": "session-1/3"}},
            {"extra_headers": {"x-client-request-id": "session-10/3"}},
        ),
        (
            {"offers_tool": "find"},
            {"tools": [{"type": "function", "function": {"name": "find"}}]},
            {"tools": [{"type": "function", "function": {"name": "finder"}}]},
        ),
    ],
)
def test_a_script_answers_only_what_it_is_bound_to(
    openai_client: openai.OpenAI,
    scripted: ScriptedModel,
    condition: dict[str, Any],
    matching: dict[str, Any],
    other: dict[str, Any],
) -> None:
    scripted.script(Turn.saying("anybody"), repeat=True)
    scripted.script(Turn.saying("bound"), repeat=True, **condition)
    assert said(openai_client, **matching) == "bound", "bound scripts go first, though younger"
    assert said(openai_client, **other) == "anybody"


def test_all_of_a_condition_must_hold(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("bound"), when=Condition(model="gpt-4o", last_user_contains="Lee"))
    with pytest.raises(openai.BadRequestError, match="no answer"):
        said(openai_client)


def test_scripts_are_bound_to_a_protocol(
    openai_client: openai.OpenAI, claude_client: anthropic.Anthropic, scripted: ScriptedModel
) -> None:
    scripted.script(Turn.saying("message"), api="messages")
    scripted.script(Turn.saying("response"), api="responses")
    scripted.script(Turn.saying("chat"), api="chat")
    assert said(openai_client) == "chat"
    assert openai_client.responses.create(model="gpt-4o", input="Hi").output_text == "response"
    block = claude_client.messages.create(model="claude-haiku-4-5", max_tokens=9, messages=ASKED).content[0]
    assert block.type == "text"
    assert block.text == "message"
    assert [each.api for each in scripted.received()] == ["chat", "responses", "messages"]
    assert [each.api for each in scripted.received(api="responses")] == ["responses"]


def test_a_request_without_a_script_is_an_error_that_names_it(
    openai_client: openai.OpenAI, scripted: ScriptedModel
) -> None:
    scripted.script(Turn.saying("used"), name="first")
    scripted.script(Turn.saying("never"), name="other", last_user_contains="Lee")
    said(openai_client)
    with pytest.raises(openai.BadRequestError) as caught:
        said(
            openai_client,
            messages=[{"role": "system", "content": "Be kind."}, *RESULT],
            extra_headers={"x-client-request-id": "session-1/3"},
        )
    assert caught.value.code == "no_script"
    for part in (
        "chat request to gpt-4o",
        "system prompt 'Be kind.'",
        "last user message 'How is Sarah?'",
        "results of find",
        "x-client-request-id 'session-1/3'",
        "Scripts with turns left: other (last_user_contains 'Lee'); used up: first.",
    ):
        assert part in caught.value.message
    assert len(scripted.received()) == 2, "the client does not try again"
    (unscripted,) = scripted.received(error="no_script")
    assert unscripted.unscripted
    assert (unscripted.status, unscripted.script) == (400, None)


# --- values from tool results ---


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("${find:people[0].id} ${find:people[-1].name}", "8 Sarah"),
        ("${find:people[name=Sarah].id}", "8"),
        ("${find:people[id=8]}", '{"name": "Sarah", "id": 8}'),
        ('${:["odd key"][1]}', "2"),
        ("${find#1:people[0].name}!", "Sarah!"),
        ("$${find:x}", "${find:x}"),
    ],
)
def test_a_text_takes_values_from_tool_results(
    openai_client: openai.OpenAI, scripted: ScriptedModel, text: str, answer: str
) -> None:
    scripted.script(Turn.saying(text))
    assert said(openai_client, RESULT) == answer


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("${find:people[1].id}", "there is no [1] in a list of 1"),
        ("${find:clients}", "there is no clients in an object with the keys people, odd key"),
        ("${find:people[name=Lee]}", "there is no [name=Lee] in a list of 1"),
        ("${find:people.name}", "there is no .name in a list of 1"),
        ("${find:people[0].id.more}", "there is no .more in the value '8'"),
        ("${search:id}", "holds no result of search; it holds results of: find"),
        ("${find#2:people}", "holds no result 2 of find"),
    ],
)
def test_a_value_that_is_not_there_is_an_error_that_names_it(
    openai_client: openai.OpenAI, scripted: ScriptedModel, text: str, fault: str
) -> None:
    scripted.script(Turn(tool_calls=(ToolCall(name="next", arguments={"deep": [{"id": text}]}),)), name="chain")
    with pytest.raises(openai.BadRequestError) as caught:
        said(openai_client, RESULT)
    assert caught.value.code == "no_such_result"
    assert f"chain, turn 1: {text}: " in caught.value.message
    assert fault in caught.value.message


def test_results_of_other_requests_are_not_remembered(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("${find:people[0].id}"), repeat=True)
    assert said(openai_client, RESULT) == "8"
    with pytest.raises(openai.BadRequestError, match="holds results of: none at all"):
        said(openai_client)


# --- orders that make no sense ---


@pytest.mark.parametrize(
    ("turn", "field", "fault"),
    [
        ({}, "turns.0", "needs text, tool_calls"),
        ({"text": "a", "empty": True}, "turns.0", "only one of them"),
        ({"text": "a", "refusal": "b"}, "turns.0", "refusal goes with neither"),
        ({"error": {"status": 200}}, "turns.0.error.status", "greater than or equal to 400"),
        ({"error": {"status": 500}, "cut_after": 1}, "turns.0", "have no meaning with error"),
        ({"text": "a", "delay_s": -1}, "turns.0.delay_s", "greater than or equal to 0"),
        ({"text": "a", "tone": "warm"}, "turns.0.tone", "not permitted"),
        ({"text": "${find}"}, "turns.0.text", "${find} is not of the form ${tool:path}"),
        ({"text": ["a", "${find:a[}"]}, "turns.0.text", "cannot be read from '[' on"),
        ({"tool_calls": [{"name": "f", "arguments": {"a": "${x"}}]}, None, None),
        ({"tool_calls": [{"name": "f", "arguments": {"a": "${x}"}}]}, "turns.0.tool_calls.0.arguments", "${x} is not"),
    ],
)
def test_a_turn_that_makes_no_sense_is_refused(
    scripted: ScriptedModel, turn: dict[str, Any], field: str | None, fault: str | None
) -> None:
    answer = httpx.post(f"{scripted.control}/scripts", json={"turns": [turn]})
    if field is None:
        assert answer.status_code == 200, "an opened brace is text"
        return
    assert answer.status_code == 422
    found = [each for each in answer.json()["detail"] if each["field"].startswith(field)]
    assert found, answer.text
    assert fault is not None
    assert fault in found[0]["fault"]


def test_the_suites_client_says_what_was_refused(scripted: ScriptedModel) -> None:
    with pytest.raises(ScriptRefusedError, match=r"turns\.0\.text: .*not of the form"):
        scripted.script(Turn.saying("${find}"))
    with pytest.raises(ScriptRefusedError, match="there is no script 'script-0'"):
        scripted.remove("script-0")
    with pytest.raises(ScriptRefusedError, match=r"categories\.0"):
        scripted.flag("hurt", "rudeness")
    with (
        ScriptedModel("http://127.0.0.1:9") as nobody,
        pytest.raises(UnreachableError, match=r"http://127\.0\.0\.1:9 is silent"),
    ):
        nobody.reset()


def test_reset_forgets_everything(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("one"), Turn.saying("two"))
    kept = scripted.script(Turn.saying("three"))
    scripted.flag("hurt", "violence")
    said(openai_client)
    scripted.forget()
    assert scripted.received() == []
    scripted.remove(scripted.scripts()[0].id)
    assert [each.id for each in scripted.scripts()] == [kept]
    scripted.reset()
    assert scripted.scripts() == []
    assert not openai_client.moderations.create(input="hurt").results[0].flagged


# --- time, cuts and who hangs up ---


def test_delays_are_kept_before_and_between_chunks(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("one two three", delay_s=0.3, chunk_delay_s=0.1))
    stream = openai_client.chat.completions.create(model="gpt-4o", messages=ASKED, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "one two three"
    received = only(scripted)
    assert received.first_chunk_at is not None
    assert received.ended is not None
    assert received.first_chunk_at - received.started >= 0.3
    assert received.ended - received.first_chunk_at >= 0.2
    assert (received.chunks, received.hung_up, received.cut) == (3, False, False)


@pytest.mark.parametrize("after", [0, 2])
def test_a_stream_is_cut_after_that_many_chunks(
    openai_client: openai.OpenAI, scripted: ScriptedModel, after: int
) -> None:
    scripted.script(Turn.saying("one two three", cut_after=after))
    got = []
    with pytest.raises(openai.APIConnectionError):  # noqa: PT012 - the loop is what breaks
        for chunk in openai_client.chat.completions.create(model="gpt-4o", messages=ASKED, stream=True):
            got.append(chunk.choices[0].delta.content)  # noqa: PERF401 - what came before the break is wanted
    assert got[1:] == ["one ", "two "][:after]
    ended = eventually(lambda: _ended(only(scripted)), within=2, what="the end of the request").value
    assert (ended.chunks, ended.cut, ended.hung_up) == (after, True, False)


def test_a_stream_is_cut_within_a_calls_arguments(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn(tool_calls=(ToolCall(name="find", arguments={"query": "x" * 40}),), cut_after=2))
    got = ""
    with pytest.raises(openai.APIConnectionError):  # noqa: PT012
        for chunk in openai_client.chat.completions.create(model="gpt-4o", messages=ASKED, stream=True):
            for call in chunk.choices[0].delta.tool_calls or []:
                assert call.function is not None
                got += call.function.arguments or ""
    assert got == json.dumps({"query": "x" * 40})[:32]


def test_a_plain_answer_is_cut_in_its_middle(
    openai_client: openai.OpenAI, claude_client: anthropic.Anthropic, scripted: ScriptedModel
) -> None:
    scripted.script(Turn.saying("one two three", cut_after=1), repeat=True)
    with pytest.raises(openai.APIConnectionError):
        openai_client.with_options(max_retries=0).chat.completions.create(model="gpt-4o", messages=ASKED)
    with pytest.raises((anthropic.APIConnectionError, httpx.HTTPError)):
        claude_client.with_options(max_retries=0).messages.create(
            model="claude-haiku-4-5", max_tokens=9, messages=ASKED
        )


def test_a_cut_connection_is_tried_again_by_the_client(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("one two", cut_after=0), Turn.saying("Well."))
    assert said(openai_client) == "Well."
    assert [each.cut for each in scripted.received()] == [True, False]


def test_a_client_that_closes_its_stream_is_seen(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying(["word "] * 1000, chunk_delay_s=0.02))
    stream = openai_client.chat.completions.create(model="gpt-4o", messages=ASKED, stream=True)
    next(iter(stream))
    assert only(scripted).ended is None, "it is still being answered"
    stream.close()
    ended = eventually(lambda: _ended(only(scripted)), within=2, what="the end of the request").value
    assert ended.hung_up
    assert ended.chunks < 1000


def test_a_task_that_is_cancelled_hangs_up(model_process: ModelProcess, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Too late.", delay_s=30))

    async def cancelled() -> None:
        async with openai.AsyncOpenAI(base_url=model_process.address, api_key=KEY) as client:
            asking = asyncio.create_task(client.chat.completions.create(model="gpt-4o", messages=ASKED))
            await asyncio.to_thread(
                eventually, lambda: _begun(scripted), within=2, what="the request reaching the model"
            )
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(cancelled())
    ended = eventually(lambda: _ended(only(scripted)), within=2, what="the end of the request").value
    assert (ended.hung_up, ended.chunks, ended.status) == (True, 0, None)


def test_how_many_ran_at_once_follows_from_the_record(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Well."), repeat=True, held_until=4)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: said(openai_client), range(4)))
    assert most_at_once(scripted.received()) == 4
    scripted.forget()
    scripted.reset()
    scripted.script(Turn.saying("Well."), repeat=True)
    for _ in range(3):
        said(openai_client)
    assert most_at_once(scripted.received()) == 1


# --- answers that are held ---


def test_who_comes_beyond_those_a_gate_waits_for_is_seen_beside_them(
    openai_client: openai.OpenAI, scripted: ScriptedModel
) -> None:
    scripted.script(Turn.saying("Well."), repeat=True, held_until=3)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(said, openai_client) for _ in range(2)]
        eventually(lambda: _asked(scripted, 2), within=5, what="the first two")
        assert not any(each.done() for each in answers)
        answers += [pool.submit(said, openai_client) for _ in range(2)]
        assert [each.result(timeout=3) for each in answers] == ["Well."] * 4
    assert most_at_once(scripted.received()) == 4
    begun = time.monotonic()
    said(openai_client)
    assert time.monotonic() - begun < gates.PATIENCE_S / 2, "an opened gate was closed again"


def test_a_gate_is_opened_by_order(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Well."), repeat=True, held_until="opened")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(said, openai_client)
        eventually(lambda: _asked(scripted, 1), within=5, what="the request")
        assert not answer.done()
        assert scripted.open_gates() == 1
        assert answer.result(timeout=gates.PATIENCE_S / 2) == "Well."


def _asked(scripted: ScriptedModel, count: int) -> None:
    assert len(scripted.received()) == count


# --- what is recorded ---


def test_everything_that_was_asked_is_recorded(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Well."))
    tools: Any = [{"type": "function", "function": {"name": "find"}}]
    messages: Any = [{"role": "system", "content": "Be kind."}, *ASKED]
    openai_client.chat.completions.create(
        model="gpt-4o-mini",
        messages=messages,
        tools=tools,
        temperature=0.7,
        max_tokens=200,
        extra_headers={"x-client-request-id": "session-1/1"},
    )
    received = only(scripted)
    assert (received.method, received.path, received.api) == ("POST", "/v1/chat/completions", "chat")
    assert (received.model, received.temperature, received.max_tokens) == ("gpt-4o-mini", 0.7, 200)
    assert (received.messages, received.system, received.tools) == (messages, "Be kind.", tools)
    assert received.offered == ("find",)
    assert received.headers["x-client-request-id"] == "session-1/1"
    assert received.usage is not None
    assert (received.usage.prompt, received.usage.completion, received.finish) == (3 + 2 + 3 + 4 + 1, 2, "stop")
    assert received.ended is not None
    assert time.time() - 5 < received.started < received.ended < time.time() + 1
    assert received.body["temperature"] == 0.7


def test_keys_are_recorded_masked_and_can_be_told_apart(
    openai_client: openai.OpenAI, claude_client: anthropic.Anthropic, scripted: ScriptedModel
) -> None:
    scripted.script(Turn.saying("Well."), repeat=True)
    said(openai_client)
    said(openai_client.with_options(api_key=OTHER_KEY))
    claude_client.messages.create(
        model="claude-haiku-4-5", max_tokens=9, messages=ASKED, extra_headers={"x-api-key": KEY}
    )
    with pytest.raises(openai.AuthenticationError):
        said(openai_client.with_options(api_key="sk-wrong"))
    assert [each.headers["authorization"] for each in scripted.received()] == [
        "Bearer ****abcd",
        "Bearer ****wxyz",
        "Bearer ****abcd",
        "Bearer ****",
    ]
    assert scripted.received()[2].headers["x-api-key"] == "****abcd"
    raw = httpx.get(f"{scripted.control}/received").text
    assert KEY not in raw
    assert OTHER_KEY not in raw
    assert "sk-wrong" not in raw


def test_refused_requests_are_recorded_too(model_http: httpx.Client, scripted: ScriptedModel) -> None:
    model_http.post("/chat/completions", json={"model": "gpt-4o", "messages": []})
    model_http.post("/chat/completions", content=b"{")
    model_http.get("/nowhere")
    received = scripted.received(body=True)
    assert [(each.status, each.error) for each in received[:1]] == [(400, "empty_array")]
    assert [each.status for each in received] == [400, 400, 404]
    assert (received[0].body, received[1].body) == ({"model": "gpt-4o", "messages": []}, None)
    assert scripted.received(since=received[1].number) == received[2:]


def test_a_record_stays_readable_whatever_was_sent(model_http: httpx.Client, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Gut 👋"), repeat=True)
    odd = [
        b'{"model": "gpt-4o", "messages": [{"role": "user", "content": "half \\ud83d \\u0000"}]}',
        b'{"model": "gpt-4o", "messages": [], "\\ud83d": 1}',
        b'{"model": "gpt-4o", "temperature": NaN, "messages": []}',
        b"[" * 5000 + b"]" * 5000,
        b"\xff\xfe",
        b"",
    ]
    statuses = [model_http.post("/chat/completions", content=each).status_code for each in odd]
    assert statuses == [200, 400, 400, 400, 400, 400]
    assert [each.status for each in scripted.received()] == statuses


# --- the process ---


def test_who_hangs_up_within_a_question_makes_nothing_fail(start_model: Callable[..., ModelProcess]) -> None:
    model = start_model()
    with ScriptedModel(model.control) as scripted:
        hang_up_within(f"{model.address}/chat/completions", Authorization=f"Bearer {KEY}")
        ended = eventually(lambda: _ended(only(scripted)), within=2, what="the end of the request").value
        assert (ended.status, ended.error) == (400, "The connection closed before the end of the request.")
        model.stop()
    assert model.log() == ""


def test_a_running_answer_does_not_hold_up_the_end(start_model: Callable[..., ModelProcess]) -> None:
    model = start_model()
    with ScriptedModel(model.control) as scripted, openai.OpenAI(base_url=model.address, api_key="any") as client:
        scripted.script(Turn.saying(["word "] * 1000, chunk_delay_s=0.5))
        stream = client.chat.completions.create(model="gpt-4o", messages=ASKED, stream=True)
        next(iter(stream))
        code, seconds = model.stop()
        assert (code, seconds < 4) == (0, True), f"{seconds} s"
        with pytest.raises(openai.APIConnectionError):
            list(stream)
    assert model.log() == ""


def test_what_decides_is_looked_up_when_it_is_needed(start_model: Callable[..., ModelProcess]) -> None:
    """So that a defect seeded in the process, before it starts, is met by every request."""
    seeded = {
        "tokens:of_text": "lambda original: lambda text: 1000",
        "wire.chat:includes_usage": "lambda original: lambda body: True",
        "wire.openai:authorise": "lambda original: lambda headers, accepted: None",
        "scripts:Condition.holds": "lambda original: lambda self, asked: True",
        "watching:marks": "lambda original: lambda request_id, started: []",
        "answers:words": "lambda original: lambda text: (text,) if text else ()",
    }
    lines = [f"replace('support.backends.model.{place}', {wrapper})" for place, wrapper in seeded.items()]
    model = start_model("\n".join(["from support.defects import replace", *lines]), MODEL_KEYS=KEY)
    with ScriptedModel(model.control) as scripted:
        scripted.script(Turn.saying("one two"), model="another")
        with openai.OpenAI(base_url=model.address, api_key="wrong") as client:
            streamed = client.chat.completions.with_raw_response.create(model="gpt-4o", messages=ASKED, stream=True)
            chunks = list(streamed.parse())
    assert [chunk.choices[0].delta.content for chunk in chunks[:-1]] == ["", "one two", None]
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.prompt_tokens == 1003
    assert "x-model" not in streamed.headers


def test_settings_that_make_no_sense_are_refused(start_model: Callable[..., ModelProcess]) -> None:
    with pytest.raises(AssertionError, match=r"MODEL_HOST.*loopback"):
        start_model(MODEL_HOST="0.0.0.0")
    with pytest.raises(AssertionError, match=r"port and control_port must differ"):
        start_model(MODEL_PORT="4711", MODEL_CONTROL_PORT="4711")


def _ended(received: Received) -> Received:
    assert received.ended is not None, "it is still being answered"
    return received


def _begun(scripted: ScriptedModel) -> None:
    assert scripted.received(), "nothing was received"
