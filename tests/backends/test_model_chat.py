"""Proves that the real OpenAI client gets from the scripted model, over chat completions, exactly what was scripted."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pydantic import BaseModel

from support.clients.model import ScriptedModel, ToolCall, Turn
from tests.backends.model_process import KEY, ModelProcess

ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": "How is Sarah?"}]
SEARCH: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "search_clients",
        "description": "Find clients",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
    },
}


class Person(BaseModel):
    name: str
    age: int


def test_a_text_is_answered_as_scripted(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Sarah is well."))
    answer = openai_client.chat.completions.create(model="gpt-4o", messages=ASKED)
    (choice,) = answer.choices
    assert (choice.message.content, choice.message.role, choice.finish_reason) == (
        "Sarah is well.",
        "assistant",
        "stop",
    )
    assert (answer.model, answer.object, answer.system_fingerprint) == ("gpt-4o", "chat.completion", "fp_scripted")
    assert choice.message.tool_calls is None


def test_a_text_is_streamed_word_by_word(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Sarah is  well.\nReally"))
    chunks = list(openai_client.chat.completions.create(model="gpt-4o", messages=ASKED, stream=True))
    assert [chunk.choices[0].delta.content for chunk in chunks] == ["", "Sarah ", "is  ", "well.\n", "Really", None]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * 5 + ["stop"]
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.usage is None for chunk in chunks)


def test_chunks_are_streamed_as_they_were_given(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying(["Gr", "üße ", "👋", "", " an alle"]))
    chunks = list(openai_client.chat.completions.create(model="gpt-4o", messages=ASKED, stream=True))
    assert [chunk.choices[0].delta.content for chunk in chunks][1:-1] == ["Gr", "üße ", "👋", "", " an alle"]


def test_a_stream_ends_with_its_usage_only_when_it_was_asked_for(
    openai_client: openai.OpenAI, scripted: ScriptedModel
) -> None:
    scripted.script(Turn.saying("Sarah is well."))
    options: Any = {"include_usage": True}
    chunks = list(
        openai_client.chat.completions.create(model="gpt-4o", messages=ASKED, stream=True, stream_options=options)
    )
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    # 3 for the message and 4 for 13 characters; 4 for 14 characters.
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (7, 4)
    assert chunks[-1].usage.total_tokens == 11


def test_usage_can_be_counted_by_hand(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.calling("search_clients", query="Sarah"), Turn.saying("Ünï👋!"))
    first = openai_client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "system", "content": "Be kind."}, *ASKED], tools=[SEARCH]
    )
    assert first.usage is not None
    parameters = '{"type":"object","properties":{"query":{"type":"string"}},"required":["query"]}'
    tool = -(-len("search_clients") // 4) + -(-len("Find clients") // 4) + -(-len(parameters) // 4)
    assert tool == 4 + 3 + 20
    assert first.usage.prompt_tokens == (3 + 2) + (3 + 4) + tool
    assert first.usage.completion_tokens == 4 + -(-len('{"query": "Sarah"}') // 4)
    message = first.choices[0].message
    assert message.tool_calls is not None
    history: list[Any] = [
        *ASKED,
        message,
        {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "none"},
    ]
    second = openai_client.chat.completions.create(model="gpt-4o", messages=history)
    assert second.usage is not None
    assert second.usage.prompt_tokens == (3 + 4) + (3 + 0 + 4 + 5) + (3 + 1)
    assert second.usage.completion_tokens == 2, "5 characters, whatever their bytes"


@pytest.mark.parametrize("stream", [False, True])
def test_parallel_tool_calls_arrive_whole_and_in_order(
    openai_client: openai.OpenAI, scripted: ScriptedModel, stream: bool
) -> None:
    calls = (
        ToolCall(name="search_clients", arguments={"query": "Sarah Jörg " * 5, "limit": 3}, id="call_first"),
        ToolCall(name="search_clients", arguments={"query": "Lee"}),
        ToolCall(name="get_clinic_profile"),
    )
    scripted.script(Turn(text="Let me look.", tool_calls=calls))
    if stream:
        with openai_client.chat.completions.stream(model="gpt-4o", messages=ASKED, tools=[SEARCH]) as events:
            answer: Any = events.get_final_completion()
    else:
        answer = openai_client.chat.completions.create(model="gpt-4o", messages=ASKED, tools=[SEARCH])
    choice = answer.choices[0]
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", "Let me look.")
    made = [(call.function.name, json.loads(call.function.arguments)) for call in choice.message.tool_calls]
    assert made == [(call.name, call.arguments) for call in calls]
    ids = [call.id for call in choice.message.tool_calls]
    assert ids[0] == "call_first"
    assert len(set(ids)) == 3
    assert all(id_.startswith("call_") for id_ in ids)


def test_arguments_that_are_no_json_are_sent_as_they_are(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn(tool_calls=(ToolCall(name="search_clients", arguments='{"query": '),)))
    answer = openai_client.chat.completions.create(model="gpt-4o", messages=ASKED)
    assert answer.choices[0].message.content is None
    (call,) = answer.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert call.function.arguments == '{"query": '


def test_a_chain_finds_its_ids_in_the_results_of_its_own_calls(
    openai_client: openai.OpenAI, scripted: ScriptedModel
) -> None:
    scripted.script(
        Turn.calling("search_clients", query="Sarah"),
        Turn.calling(
            "get_summary", client_id="${search_clients:result.clients[name=Sarah Johnson].id}", all="${search_clients:}"
        ),
        Turn.saying("Found ${search_clients#1:result.clients[-1].name}: ${get_summary:} ($${as is})"),
    )
    results = {
        "search_clients": {"result": {"clients": [{"id": 7, "name": "Sarah Lee"}, {"id": 8, "name": "Sarah Johnson"}]}},
        "get_summary": "She sleeps well.",
    }
    messages: list[Any] = list(ASKED)
    made = []
    while True:
        message = openai_client.chat.completions.create(model="gpt-4o", messages=messages).choices[0].message
        messages.append(message)
        if not message.tool_calls:
            break
        for call in message.tool_calls:
            assert call.type == "function"
            made.append((call.function.name, json.loads(call.function.arguments)))
            result = results[call.function.name]
            content = result if isinstance(result, str) else json.dumps(result)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
    assert made[1] == ("get_summary", {"client_id": 8, "all": results["search_clients"]})
    assert message.content == "Found Sarah Johnson: She sleeps well. (${as is})"


@pytest.mark.parametrize(
    ("turn", "finish", "content"),
    [
        (Turn(text="Cut off", finish="length"), "length", "Cut off"),
        (Turn(finish="content_filter"), "content_filter", ""),
        (Turn(text="So far", finish="content_filter"), "content_filter", "So far"),
        (Turn(empty=True), "stop", ""),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_ends_for_the_scripted_reason(
    openai_client: openai.OpenAI, scripted: ScriptedModel, turn: Turn, finish: str, content: str, stream: bool
) -> None:
    scripted.script(turn)
    if stream:
        chunks = list(openai_client.chat.completions.create(model="gpt-4o", messages=ASKED, stream=True))
        assert chunks[-1].choices[0].finish_reason == finish
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == content
    else:
        (choice,) = openai_client.chat.completions.create(model="gpt-4o", messages=ASKED).choices
        assert (choice.finish_reason, choice.message.content) == (finish, content)


def test_a_limit_of_tokens_cuts_the_answer(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("one two three four"), repeat=True)
    cut = openai_client.chat.completions.create(model="gpt-4o", messages=ASKED, max_tokens=2)
    assert (cut.choices[0].message.content, cut.choices[0].finish_reason) == ("one two ", "length")
    assert cut.usage is not None
    assert cut.usage.completion_tokens == 2
    stopped = openai_client.chat.completions.create(
        model="gpt-4o", messages=ASKED, max_tokens=50, stop=["three", "two"]
    )
    assert (stopped.choices[0].message.content, stopped.choices[0].finish_reason) == ("one ", "stop")


def test_tools_are_told_whole_or_by_their_names(scripted: ScriptedModel, openai_client: openai.OpenAI) -> None:
    scripted.script(Turn.saying("Fine."), repeat=True)
    openai_client.chat.completions.create(model="gpt-4o", messages=ASKED, tools=[SEARCH])
    (whole,), (named,) = scripted.received(), scripted.received(schemas=False)
    assert (whole.tools, whole.offered) == ([SEARCH], ("search_clients",))
    assert (named.tools, named.offered) == ([{"name": "search_clients"}], ("search_clients",))


def test_structured_output_is_parsed_by_the_client(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying('{"name": "Sarah", "age": 34}'), repeat=True)
    parsed = openai_client.chat.completions.parse(model="gpt-4o", messages=ASKED, response_format=Person)
    assert parsed.choices[0].message.parsed == Person(name="Sarah", age=34)
    with openai_client.chat.completions.stream(model="gpt-4o", messages=ASKED, response_format=Person) as events:
        assert events.get_final_completion().choices[0].message.parsed == Person(name="Sarah", age=34)
    (asked, _) = scripted.received(body=True)
    assert asked.body["response_format"]["json_schema"]["name"] == "Person"


def test_structured_output_can_be_refused_and_cut(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn(refusal="I will not say."), Turn(text='{"name": "Sa', finish="length"))
    refused = (
        openai_client.chat.completions.parse(model="gpt-4o", messages=ASKED, response_format=Person).choices[0].message
    )
    assert (refused.refusal, refused.parsed, refused.content) == ("I will not say.", None, None)
    with pytest.raises(openai.LengthFinishReasonError):
        openai_client.chat.completions.parse(model="gpt-4o", messages=ASKED, response_format=Person)


def test_every_answer_says_that_it_is_scripted(openai_client: openai.OpenAI, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Well."), Turn.failing(400))
    answer = openai_client.chat.completions.with_raw_response.create(model="gpt-4o", messages=ASKED)
    assert answer.headers["x-model"] == "scripted"
    assert answer.request_id == scripted.received()[0].request_id
    with pytest.raises(openai.BadRequestError) as caught:
        openai_client.chat.completions.create(model="gpt-4o", messages=ASKED)
    assert caught.value.response.headers["x-model"] == "scripted"
    assert {model.owned_by for model in openai_client.models.list()} == {"scripted"}


def test_the_asynchronous_client_runs_many_conversations_at_once(
    model_process: ModelProcess, scripted: ScriptedModel
) -> None:
    names = [f"client-{number}" for number in range(20)]
    for name in names:
        scripted.script(
            Turn(tool_calls=(ToolCall(name="find", arguments={"name": name}),)),
            Turn.saying(f"{name} has ${{find:id}}"),
            last_user_contains=f"about {name}.",
        )

    async def converse(openai_client: openai.AsyncOpenAI, name: str) -> str:
        messages: list[Any] = [{"role": "user", "content": f"Tell me about {name}."}]
        message = (await openai_client.chat.completions.create(model="gpt-4o", messages=messages)).choices[0].message
        (call,) = message.tool_calls or []
        assert call.type == "function"
        assert json.loads(call.function.arguments) == {"name": name}
        messages += [message, {"role": "tool", "tool_call_id": call.id, "content": json.dumps({"id": f"id of {name}"})}]
        stream = await openai_client.chat.completions.create(model="gpt-4o", messages=messages, stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def everybody() -> list[str]:
        async with openai.AsyncOpenAI(base_url=model_process.address, api_key=KEY, timeout=10) as openai_client:
            return await asyncio.gather(*(converse(openai_client, name) for name in names))

    assert asyncio.run(everybody()) == [f"{name} has id of {name}" for name in names]


def test_paths_without_the_version_are_served_too(model_process: ModelProcess, scripted: ScriptedModel) -> None:
    scripted.script(Turn.saying("Well."))
    with openai.OpenAI(base_url=model_process.address.removesuffix("/v1"), api_key=KEY) as openai_client:
        assert (
            openai_client.chat.completions.create(model="gpt-4o", messages=ASKED).choices[0].message.content == "Well."
        )
    assert scripted.received()[0].path == "/chat/completions"
