"""Proves that the real clients of OpenAI and Anthropic understand the scripted model's other protocols."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
from typing import Any

import anthropic
import httpx
import openai
import pytest
from openai.types.responses import FunctionToolParam
from pydantic import BaseModel

from support.clients.model import ScriptedModel, ToolCall, Turn
from tests.backends.model_process import KEY, ModelProcess

SEARCH: FunctionToolParam = {
    "type": "function",
    "name": "search_clients",
    "strict": False,
    "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
}
CLAUDE = "claude-haiku-4-5"
CLAUDE_SEARCH: Any = {"name": "search_clients", "input_schema": {"type": "object"}}
ASKED: Any = [{"role": "user", "content": "How is Sarah?"}]
PARALLEL = Turn(
    text="Let me look.",
    tool_calls=(
        ToolCall(name="search_clients", arguments={"query": "Sarah " * 6}),
        ToolCall(name="get_clinic_profile"),
    ),
)


class Person(BaseModel):
    name: str
    age: int


# --- responses ---


def test_a_response_is_answered_as_scripted(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Sarah is well."), system_contains="Be kind.")
    answer = openai_client.responses.create(model="gpt-4o", input="How is Sarah?", instructions="Be kind.")
    assert (answer.output_text, answer.status, answer.model) == ("Sarah is well.", "completed", "gpt-4o")
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == ((3 + 2) + (3 + 4), 4)


def test_a_response_is_streamed(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Sarah is well."))
    events = list(openai_client.responses.create(model="gpt-4o", input="How is Sarah?", stream=True))
    assert [event.delta for event in events if event.type == "response.output_text.delta"] == ["Sarah ", "is ", "well."]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert [event.type for event in events][:2] == ["response.created", "response.in_progress"]
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == "Sarah is well."


@pytest.mark.parametrize("stream", [False, True])
def test_a_response_calls_tools_and_goes_on_with_their_results(
    openai_client: openai.OpenAI, scripted: ScriptedModel, stream: bool
) -> None:
    scripted.script(PARALLEL, Turn.saying("${search_clients:[0]} of ${get_clinic_profile:name}"))
    if stream:
        with openai_client.responses.stream(model="gpt-4o", input="How is Sarah?", tools=[SEARCH]) as events:
            first: Any = events.get_final_response()
    else:
        first = openai_client.responses.create(model="gpt-4o", input="How is Sarah?", tools=[SEARCH])
    calls = [item for item in first.output if item.type == "function_call"]
    assert [(call.name, json.loads(call.arguments)) for call in calls] == [
        (call.name, call.arguments) for call in PARALLEL.tool_calls
    ]
    assert first.output_text == "Let me look."
    results: Any = [
        {"type": "function_call_output", "call_id": call.call_id, "output": json.dumps(result)}
        for call, result in zip(calls, [["Sarah Lee"], {"name": "Harbour"}], strict=True)
    ]
    second = openai_client.responses.create(model="gpt-4o", previous_response_id=first.id, input=results)
    assert second.output_text == "Sarah Lee of Harbour"
    whole: Any = [*ASKED, *(item.model_dump(exclude_none=True) for item in first.output), *results]
    scripted.script(Turn.saying("again ${search_clients:[0]}"))
    assert openai_client.responses.create(model="gpt-4o", input=whole).output_text == "again Sarah Lee"


def test_a_response_is_parsed_refused_cut_and_filtered(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(
        Turn.saying('{"name": "Sarah", "age": 34}'),
        Turn(refusal="I will not say."),
        Turn(text="So far", finish="length"),
        Turn(finish="content_filter"),
    )
    parsed = openai_client.responses.parse(model="gpt-4o", input="Who?", text_format=Person)
    assert parsed.output_parsed == Person(name="Sarah", age=34)
    (message,) = openai_client.responses.create(model="gpt-4o", input="Who?").output
    assert message.type == "message"
    assert message.content[0].type == "refusal"
    assert message.content[0].refusal == "I will not say."
    for reason in ("max_output_tokens", "content_filter"):
        *_, last = openai_client.responses.create(model="gpt-4o", input="Who?", stream=True)
        assert last.type == "response.incomplete"
        assert last.response.incomplete_details is not None
        assert last.response.incomplete_details.reason == reason


def test_a_conversation_that_is_not_stored_is_refused(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Well."))
    unkept = openai_client.responses.create(model="gpt-4o", input="Hi", store=False)
    with pytest.raises(openai.BadRequestError, match=f"'{unkept.id}' not found") as caught:
        openai_client.responses.create(model="gpt-4o", input="And?", previous_response_id=unkept.id)
    assert (caught.value.param, caught.value.code) == ("previous_response_id", "previous_response_not_found")


def test_a_call_without_its_result_is_refused(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.calling("search_clients"))
    first = openai_client.responses.create(model="gpt-4o", input="Hi")
    with pytest.raises(openai.BadRequestError, match="No tool output found for function call call_"):
        openai_client.responses.create(model="gpt-4o", input="And?", previous_response_id=first.id)


# --- Anthropic ---


def test_a_message_is_answered_as_scripted(claude_client: anthropic.Anthropic, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Sarah is well."), system_contains="Be kind.")
    answer = claude_client.messages.create(model=CLAUDE, max_tokens=100, system="Be kind.", messages=ASKED)
    (block,) = answer.content
    assert block.type == "text"
    assert (block.text, answer.stop_reason, answer.model) == ("Sarah is well.", "end_turn", CLAUDE)
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == ((3 + 2) + (3 + 4), 4)
    (asked,) = scripted.received(api="messages")
    assert (asked.system, asked.max_tokens, asked.messages) == ("Be kind.", 100, ASKED)


def test_a_message_is_streamed(claude_client: anthropic.Anthropic, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Sarah is well."))
    with claude_client.messages.stream(model=CLAUDE, max_tokens=100, messages=ASKED) as stream:
        assert list(stream.text_stream) == ["Sarah ", "is ", "well."]
        final = stream.get_final_message()
    assert (final.stop_reason, final.usage.output_tokens, final.usage.input_tokens) == ("end_turn", 4, 7)


@pytest.mark.parametrize("stream", [False, True])
def test_a_message_calls_tools_and_goes_on_with_their_results(
    claude_client: anthropic.Anthropic, scripted: ScriptedModel, stream: bool
) -> None:
    scripted.script(PARALLEL, Turn.saying("${search_clients:[0]} of ${get_clinic_profile:name}"), tool_result=None)
    wanted: Any = {"model": CLAUDE, "max_tokens": 100, "messages": ASKED, "tools": [CLAUDE_SEARCH]}
    if stream:
        with claude_client.messages.stream(**wanted) as events:
            first: Any = events.get_final_message()
    else:
        first = claude_client.messages.create(**wanted)
    assert first.stop_reason == "tool_use"
    text, *calls = first.content
    assert text.text == "Let me look."
    assert [(call.name, call.input) for call in calls] == [(call.name, call.arguments) for call in PARALLEL.tool_calls]
    results = [
        {"type": "tool_result", "tool_use_id": calls[0].id, "content": '["Sarah Lee"]'},
        {
            "type": "tool_result",
            "tool_use_id": calls[1].id,
            "content": [{"type": "text", "text": '{"name": "Harbour"}'}],
        },
    ]
    history: Any = [*ASKED, {"role": "assistant", "content": first.content}, {"role": "user", "content": results}]
    second = claude_client.messages.create(model=CLAUDE, max_tokens=100, messages=history)
    assert second.content[0].type == "text"
    assert second.content[0].text == "Sarah Lee of Harbour"


@pytest.mark.parametrize(
    ("turn", "reason", "text"),
    [
        (Turn.saying("one two three"), "max_tokens", "one two "),
        (Turn.saying("one STOP two"), "stop_sequence", "one "),
        (Turn(refusal="No."), "refusal", "No."),
        (Turn(finish="content_filter"), "refusal", ""),
        (Turn(empty=True), "end_turn", ""),
    ],
)
def test_a_message_ends_for_the_scripted_reason(
    claude_client: anthropic.Anthropic, scripted: ScriptedModel, turn: Turn, reason: str, text: str
) -> None:
    scripted.script(turn, repeat=True)
    wanted: Any = {"model": CLAUDE, "max_tokens": 2, "messages": ASKED, "stop_sequences": ["STOP"]}
    with claude_client.messages.stream(**wanted) as stream:
        answers: list[Any] = [claude_client.messages.create(**wanted), stream.get_final_message()]
    for answer in answers:
        assert answer.stop_reason == reason
        assert "".join(block.text for block in answer.content if block.type == "text") == text
        assert answer.stop_sequence == ("STOP" if reason == "stop_sequence" else None)


def test_errors_of_messages_are_retried_and_told_in_their_own_form(
    claude_client: anthropic.Anthropic, scripted: ScriptedModel
) -> None:
    scripted.script(
        Turn.failing(429, retry_after=0.05),
        Turn.failing(529, retry_after=0.05),
        Turn.saying("Well."),
        Turn.failing(403),
    )
    answer = claude_client.messages.create(model=CLAUDE, max_tokens=100, messages=ASKED)
    assert answer.content[0].type == "text"
    assert [(each.status, each.turn) for each in scripted.received()] == [(429, 1), (529, 2), (200, 3)]
    with pytest.raises(anthropic.PermissionDeniedError) as caught:
        claude_client.messages.create(model=CLAUDE, max_tokens=100, messages=ASKED)
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["error"]["type"] == "permission_error"
    assert caught.value.request_id == scripted.received()[-1].request_id


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"max_tokens": 0}, "max_tokens: Input should be greater than or equal to 1"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role: Input should be 'user', 'assistant' or"),
        ({"messages": []}, "messages: List should have at least 1 item"),
        ({"messages": [{"role": "user", "content": ""}]}, "messages.0: user messages must have non-empty content"),
        ({"extra_body": {"temperature": 1.5}}, "temperature: Input should be less than or equal to 1"),
        ({"extra_body": {"n": 2}}, "n: Extra inputs are not permitted"),
        ({"tool_choice": {"type": "auto"}}, "tool_choice: may only be specified while providing tools"),
        (
            {"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1"}]}]},
            "messages.0: `tool_result` block.* with the id toolu_1",
        ),
        (
            {
                "messages": [
                    *ASKED,
                    {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}]},
                ]
            },
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1",
        ),
    ],
)
def test_a_message_that_the_provider_would_refuse_is_refused(
    claude_client: anthropic.Anthropic, scripted: ScriptedModel, change: dict[str, Any], fault: str
) -> None:
    scripted.script(Turn.saying("never"))
    wanted: Any = {"model": CLAUDE, "max_tokens": 10, "messages": ASKED, **change}
    with pytest.raises(anthropic.BadRequestError, match=fault):
        claude_client.messages.create(**wanted)
    assert scripted.scripts()[0].taken == 0


def test_keys_and_models_of_messages_are_checked(
    claude_client: anthropic.Anthropic, model_process: ModelProcess, model_http: httpx.Client
) -> None:
    with pytest.raises(anthropic.AuthenticationError, match="invalid x-api-key"):
        claude_client.with_options(api_key="wrong-key").messages.create(model=CLAUDE, max_tokens=1, messages=ASKED)
    with pytest.raises(anthropic.NotFoundError, match="model: gpt-4o"):
        claude_client.messages.create(model="gpt-4o", max_tokens=1, messages=ASKED)
    unversioned = model_http.post("/messages", json={"model": CLAUDE, "max_tokens": 1, "messages": ASKED})
    assert unversioned.status_code == 400
    assert unversioned.json()["error"]["message"] == "anthropic-version: header is required"
    headers = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
    listed = httpx.get(f"{model_process.address}/models", headers=headers).json()
    assert CLAUDE in [model["id"] for model in listed["data"]]
    assert all("(scripted)" in model.display_name for model in claude_client.models.list())
    assert claude_client.models.retrieve(CLAUDE).id == CLAUDE


def test_the_asynchronous_client_of_messages_streams(model_process: ModelProcess, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Sarah is well."), Turn.saying('{"name": "Sarah", "age": 34}'))

    async def ask() -> tuple[list[str], Any]:
        address = model_process.address.removesuffix("/v1")
        async with anthropic.AsyncAnthropic(base_url=address, api_key=KEY) as client:
            async with client.messages.stream(model=CLAUDE, max_tokens=100, messages=ASKED) as stream:
                texts = [text async for text in stream.text_stream]
            parsed = await client.messages.parse(model=CLAUDE, max_tokens=100, messages=ASKED, output_format=Person)
            return texts, parsed.parsed_output

    assert asyncio.run(ask()) == (["Sarah ", "is ", "well."], Person(name="Sarah", age=34))


# --- embeddings, moderations, models ---


def test_vectors_follow_from_the_words_by_the_stated_rule(openai_client: openai.OpenAI) -> None:
    answer = openai_client.embeddings.create(model="text-embedding-3-small", input=["Sleep, sleep well", "sleep", "…"])
    first, second, wordless = [item.embedding for item in answer.data]
    assert len(first) == 1536
    expected = [0.0] * 1536
    for word in ("sleep", "sleep", "well"):
        digest = hashlib.sha256(word.encode()).digest()
        expected[int.from_bytes(digest[:8], "big") % 1536] += 1 if digest[8] % 2 == 0 else -1
    length = math.hypot(*expected)
    assert first == pytest.approx([value / length for value in expected], abs=1e-6)
    assert sum(a * b for a, b in zip(first, second, strict=True)) == pytest.approx(2 / math.sqrt(5), abs=1e-6)
    assert wordless[0] == 1.0
    assert answer.usage.prompt_tokens == 5 + 2 + 1


def test_vectors_are_as_long_and_in_the_form_that_is_asked_for(
    openai_client: openai.OpenAI, model_http: httpx.Client
) -> None:
    short = openai_client.embeddings.create(model="text-embedding-3-large", input="a b", dimensions=8)
    assert len(short.data[0].embedding) == 8
    floats = openai_client.embeddings.create(model="text-embedding-3-small", input="a b", encoding_format="float")
    packed = openai_client.embeddings.create(model="text-embedding-3-small", input="a b")
    assert packed.data[0].embedding == pytest.approx(floats.data[0].embedding)
    tokens = openai_client.embeddings.create(model="text-embedding-3-small", input=[[1, 2], [1, 2], [3]])
    assert tokens.data[0].embedding == tokens.data[1].embedding != tokens.data[2].embedding
    assert tokens.usage.total_tokens == 5


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"input": "a"}, 400, "model"),
        ({"model": "text-embedding-3-small"}, 400, "input"),
        ({"model": "text-embedding-3-small", "input": []}, 400, "input"),
        ({"model": "text-embedding-3-small", "input": ["a", 1]}, 400, "input"),
        ({"model": "text-embedding-3-small", "input": "a", "dimensions": 1537}, 400, "dimensions"),
        ({"model": "text-embedding-ada-002", "input": "a", "dimensions": 8}, 400, "dimensions"),
        ({"model": "text-embedding-3-small", "input": "a", "encoding_format": "hex"}, 400, "encoding_format"),
        ({"model": "gpt-4o", "input": "a"}, 403, "model"),
        ({"model": "text-embedding-4", "input": "a"}, 404, None),
    ],
)
def test_embeddings_that_the_provider_would_refuse_are_refused(
    model_http: httpx.Client, body: dict[str, Any], status: int, param: str | None
) -> None:
    answer = model_http.post("/embeddings", json=body)
    assert (answer.status_code, answer.json()["error"]["param"]) == (status, param)


def test_texts_are_flagged_exactly_by_the_rules(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    assert not openai_client.moderations.create(input="I will hurt him").results[0].flagged
    scripted.flag("hurt", "violence", "harassment/threatening")
    one, other = openai_client.moderations.create(input=["I will HURT him", "I will help him"]).results
    assert (one.flagged, other.flagged) == (True, False)
    assert one.categories.violence
    assert one.categories.harassment_threatening
    assert not one.categories.sexual
    assert (one.category_scores.violence, one.category_scores.sexual) == (1.0, 0.0)
    parts: Any = [{"type": "text", "text": "hurt"}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    assert [result.flagged for result in openai_client.moderations.create(input=parts).results] == [True]
    with pytest.raises(openai.BadRequestError):
        openai_client.moderations.create(input=[])


def test_models_are_listed_and_found_by_their_snapshots(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    names = [model.id for model in openai_client.models.list()]
    assert {"gpt-4o", "gpt-4o-mini", "house-model"} <= set(names)
    assert openai_client.models.retrieve("gpt-4o-2024-08-06").owned_by == "scripted"
    scripted.script(Turn.saying("Well."))
    answer = openai_client.chat.completions.create(model="gpt-4o-2024-08-06", messages=ASKED)
    assert answer.model == "gpt-4o-2024-08-06"
    with pytest.raises(openai.NotFoundError) as caught:
        openai_client.models.retrieve("gpt-4x")
    assert caught.value.code == "model_not_found"
