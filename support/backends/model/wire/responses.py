"""OpenAI's responses: POST /v1/responses."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from support.backends.model import answers
from support.backends.model.asked import Api, Asked, Call, Message, Role, Tool
from support.backends.model.exchanges import Exchange, Frame
from support.backends.model.refusals import invalid
from support.backends.model.settings import Settings
from support.backends.model.state import State

from . import openai
from .rules import Anything, Boolean, Choice, Either, Fields, Many, Nullable, Number, Tagged, Text

PROVIDER = openai
NAME: Api = "responses"
ID = "resp_"

_ANY = Anything()
_NAME = Text(short=1, long=64, pattern="^[a-zA-Z0-9_-]+$")
_TEXT_PART = Fields({"type": _ANY, "text": Text()}, open=True)
_PARTS = Many(
    Tagged(
        "type",
        {
            "input_text": _TEXT_PART,
            "input_image": Fields(open=True),
            "input_file": Fields(open=True),
            "input_audio": Fields(open=True),
            "output_text": _TEXT_PART,
            "refusal": Fields({"type": _ANY, "refusal": Text()}),
        },
    )
)
_OUTPUT = Either((Text(), Many(Tagged("type", {"input_text": _TEXT_PART, "input_image": Fields(open=True)}))))
_ITEM = Tagged(
    "type",
    {
        "message": Fields(
            {"role": Choice(("assistant", "system", "developer", "user")), "content": Either((Text(), _PARTS))},
            {"type": _ANY, "id": _ANY, "status": _ANY, "phase": _ANY},
        ),
        "function_call": Fields(
            {"type": _ANY, "call_id": Text(short=1), "name": _NAME, "arguments": Text()}, open=True
        ),
        "function_call_output": Fields({"type": _ANY, "call_id": Text(short=1), "output": _OUTPUT}, open=True),
        "reasoning": Fields(open=True),
    },
    absent="message",
)
_TOOL = Tagged(
    "type",
    {
        "function": Fields(
            {"type": _ANY, "name": _NAME},
            {
                "description": Nullable(Text()),
                "parameters": Nullable(Fields(open=True)),
                "strict": Nullable(Boolean()),
                "output_schema": _ANY,
                "allowed_callers": _ANY,
                "defer_loading": _ANY,
                "async": _ANY,
            },
        )
    },
)
_FORMAT = Tagged(
    "type",
    {
        "text": Fields({"type": _ANY}),
        "json_object": Fields({"type": _ANY}),
        "json_schema": Fields(
            {"type": _ANY, "name": _NAME, "schema": Fields(open=True)},
            {"description": Text(), "strict": Nullable(Boolean())},
        ),
    },
)
_TOOL_CHOICE = Either(
    (
        Choice(("none", "auto", "required")),
        Tagged(
            "type",
            {"function": Fields({"type": _ANY, "name": Text(short=1)}), "allowed_tools": Fields(open=True)},
        ),
    )
)
RULE = Fields(
    {"model": Text(short=1), "input": Either((Text(), Many(_ITEM, few=1)))},
    {
        "instructions": Nullable(Text()),
        "temperature": Nullable(Number(0, 2)),
        "top_p": Nullable(Number(0, 1)),
        "max_output_tokens": Nullable(Number(low=16, whole=True)),
        "max_tool_calls": Nullable(Number(low=1, whole=True)),
        "previous_response_id": Nullable(Text(short=1)),
        "stream": Nullable(Boolean()),
        "stream_options": Nullable(Fields(allowed={"include_obfuscation": Boolean()})),
        "store": Nullable(Boolean()),
        "background": Nullable(Boolean()),
        "tools": Nullable(Many(_TOOL, many=128)),
        "tool_choice": _TOOL_CHOICE,
        "parallel_tool_calls": Nullable(Boolean()),
        "text": Fields(allowed={"format": _FORMAT, "verbosity": Nullable(Choice(("low", "medium", "high")))}),
        "metadata": Nullable(Fields(open=True)),
        "reasoning": Nullable(Fields(open=True)),
        "include": Nullable(Many(Text())),
        "user": Nullable(Text()),
        "truncation": Nullable(Choice(("auto", "disabled"))),
        "service_tier": Nullable(Text()),
        "safety_identifier": Nullable(Text(long=128)),
        "prompt_cache_key": Nullable(Text()),
        "prompt_cache_options": _ANY,
        "prompt_cache_retention": _ANY,
        "top_logprobs": Nullable(Number(0, 20, whole=True)),
    },
)
_ROLES: Mapping[str, Role] = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_SAID = {"input_text": "text", "output_text": "text", "refusal": "refusal"}
"""Where a part says what it says; others say nothing that counts."""
_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


def check(body: Any, _headers: Mapping[str, str], settings: Settings) -> None:
    """Refuse what OpenAI refuses, in the order: shape, model, what goes with what."""
    openai.check(RULE, body)
    openai.require_model(body["model"], "chat", settings.known_models())
    openai.check_reasoning(body, "max_output_tokens")
    if body.get("background"):
        message = "Unsupported value: the scripted model answers at once ('background')."
        raise invalid(message, "background", "unsupported_value")
    wanted = body.get("text", {}).get("format")
    if wanted and wanted["type"] == "json_schema":
        name = f"response_format '{wanted['name']}'"
        openai.check_schema(wanted["schema"], "text.format.schema", name, strict=bool(wanted.get("strict")))
    for index, tool in enumerate(body.get("tools") or ()):
        if tool.get("parameters"):
            place, name = f"tools[{index}].parameters", f"function '{tool['name']}'"
            openai.check_schema(tool["parameters"], place, name, strict=bool(tool.get("strict", False)))


def read(body: Mapping[str, Any], headers: Mapping[str, str], shelf: Mapping[str, Any]) -> Asked:
    """The request in no provider's words, behind the conversation that it goes on with."""
    items = [*earlier(body, shelf), *items_of(body)]
    check_calls(items)
    instructions = body.get("instructions")
    system = [Message("system", instructions)] if instructions else []
    return Asked(
        api=NAME,
        model=body["model"],
        messages=(*system, *messages_of(items)),
        tools=tuple(_tool(tool) for tool in body.get("tools") or ()),
        headers=headers,
        stream=bool(body.get("stream")),
        temperature=body.get("temperature"),
        max_tokens=body.get("max_output_tokens"),
    )


def earlier(body: Mapping[str, Any], shelf: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The items of the conversation that the request goes on with. Refuses (400) one that is not stored."""
    previous = body.get("previous_response_id")
    if previous is None:
        return []
    if previous not in shelf:
        message = f"Previous response with id '{previous}' not found."
        raise invalid(message, "previous_response_id", "previous_response_not_found")
    stored: list[Mapping[str, Any]] = shelf[previous]
    return stored


def items_of(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The input as items."""
    given = body["input"]
    return [{"type": "message", "role": "user", "content": given}] if isinstance(given, str) else given


def check_calls(items: Sequence[Mapping[str, Any]]) -> None:
    """Refuse tool results without their call, and calls without their results."""
    made = [item["call_id"] for item in items if item.get("type") == "function_call"]
    answered = [item["call_id"] for item in items if item.get("type") == "function_call_output"]
    for call_id in answered:
        if call_id not in made:
            raise invalid(f"No tool call found for function call output with call_id {call_id}.", "input")
    for call_id in made:
        if call_id not in answered:
            raise invalid(f"No tool output found for function call {call_id}.", "input")


def messages_of(items: Sequence[Mapping[str, Any]]) -> Iterator[Message]:
    """Each message; calls that follow each other are one message of the assistant's."""
    names = {item["call_id"]: item["name"] for item in items if item.get("type") == "function_call"}
    for kind, group in itertools.groupby(items, key=lambda item: item.get("type", "message")):
        if kind == "function_call":
            yield Message(
                "assistant", "", tuple(Call(each["call_id"], each["name"], each["arguments"]) for each in group)
            )
        elif kind == "function_call_output":
            for each in group:
                text = _joined(each["output"])
                yield Message("tool", text, call_id=each["call_id"], tool=names.get(each["call_id"], ""))
        elif kind == "message":
            for each in group:
                yield Message(_ROLES[each["role"]], _joined(each["content"]))


def shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """As sent."""
    said = [item for item in items_of(body) if item.get("type", "message") == "message"]
    systems = [_joined(item["content"]) for item in said if _ROLES[item["role"]] == "system"]
    if body.get("instructions"):
        systems.insert(0, body["instructions"])
    return {
        "messages": body["input"],
        "system": "\n".join(systems) if systems else None,
        "tools": body.get("tools"),
        "max_tokens": body.get("max_output_tokens"),
    }


def keep(exchange: Exchange, state: State) -> None:
    """Store the conversation, so that a later request may go on with it."""
    if exchange.body.get("store") is not False:
        before = [*earlier(exchange.body, state.shelf), *items_of(exchange.body)]
        state.keep(exchange.id, [*before, *output_of(exchange)])


def plain(exchange: Exchange) -> dict[str, Any]:
    """A `response`."""
    return _response(exchange, _status(exchange), output_of(exchange))


def output_of(exchange: Exchange) -> list[dict[str, Any]]:
    """The items that are answered: a message if anything was said, then the calls."""
    answer = exchange.answer
    status = _status(exchange)
    said = bool(answer.chunks) or answer.refusal is not None or not answer.calls
    message = [_message(exchange, status, [_part(exchange)])] if said else []
    return [*message, *(_call(exchange, index, "completed") for index in range(len(answer.calls)))]


def frames(exchange: Exchange) -> Iterator[Frame]:
    """The events of a stream, numbered from 0."""
    numbers = itertools.count()

    def event(name: str, **fields: Any) -> bytes:
        return openai.event({"type": name, "sequence_number": next(numbers), **fields}, name)

    yield event("response.created", response=_response(exchange, "in_progress", [])), False
    yield event("response.in_progress", response=_response(exchange, "in_progress", [])), False
    output = output_of(exchange)
    for index, item in enumerate(output):
        if item["type"] == "message":
            yield from _message_frames(exchange, event, index, item)
        else:
            yield from _call_frames(event, index, item)
    status = _status(exchange)
    yield event(f"response.{status}", response=_response(exchange, status, output)), False


def _message_frames(
    exchange: Exchange, event: Callable[..., bytes], index: int, item: Mapping[str, Any]
) -> Iterator[Frame]:
    part = item["content"][0]
    refused_ = part["type"] == "refusal"
    field = "refusal" if refused_ else "text"
    kind = "response.refusal" if refused_ else "response.output_text"
    place = {"item_id": item["id"], "output_index": index, "content_index": 0}
    extra: dict[str, Any] = {} if refused_ else {"logprobs": []}
    chunks = answers.words(part["refusal"]) if refused_ else exchange.answer.chunks
    begun = {**item, "status": "in_progress", "content": []}
    yield event("response.output_item.added", output_index=index, item=begun), False
    yield event("response.content_part.added", **place, part={**part, field: ""}), False
    for chunk in chunks:
        yield event(f"{kind}.delta", **place, delta=chunk, **extra), True
    yield event(f"{kind}.done", **place, **{field: part[field]}, **extra), False
    yield event("response.content_part.done", **place, part=part), False
    yield event("response.output_item.done", output_index=index, item=item), False


def _call_frames(event: Callable[..., bytes], index: int, item: Mapping[str, Any]) -> Iterator[Frame]:
    place = {"item_id": item["id"], "output_index": index}
    begun = {**item, "status": "in_progress", "arguments": ""}
    yield event("response.output_item.added", output_index=index, item=begun), False
    for piece in answers.pieces(item["arguments"]):
        yield event("response.function_call_arguments.delta", **place, delta=piece), True
    yield event("response.function_call_arguments.done", **place, arguments=item["arguments"]), False
    yield event("response.output_item.done", output_index=index, item=item), False


def _status(exchange: Exchange) -> str:
    return "incomplete" if exchange.answer.finish in _INCOMPLETE else "completed"


def _part(exchange: Exchange) -> dict[str, Any]:
    if exchange.answer.refusal is not None:
        return {"type": "refusal", "refusal": exchange.answer.refusal}
    return {"type": "output_text", "text": exchange.answer.text, "annotations": [], "logprobs": []}


def _message(exchange: Exchange, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    id_ = exchange.id.replace(ID, "msg_")
    return {"id": id_, "type": "message", "status": status, "role": "assistant", "content": content}


def _call(exchange: Exchange, index: int, status: str) -> dict[str, Any]:
    call = exchange.answer.calls[index]
    return {
        "id": f"{exchange.id.replace(ID, 'fc_')}{index}",
        "type": "function_call",
        "status": status,
        "call_id": call.id,
        "name": call.name,
        "arguments": call.arguments,
    }


def _response(exchange: Exchange, status: str, output: list[dict[str, Any]]) -> dict[str, Any]:
    body, answer = exchange.body, exchange.answer
    running = status == "in_progress"
    reason = _INCOMPLETE.get(answer.finish)
    text = body.get("text") or {}
    return {
        "id": exchange.id,
        "object": "response",
        "created_at": exchange.created,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": {"reason": reason} if status == "incomplete" else None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": body.get("max_tool_calls"),
        "model": exchange.asked.model,
        "output": output,
        "parallel_tool_calls": body.get("parallel_tool_calls") is not False,
        "previous_response_id": body.get("previous_response_id"),
        "reasoning": {"effort": None, "summary": None, **(body.get("reasoning") or {})},
        "service_tier": "default",
        "store": body.get("store") is not False,
        "temperature": _or(body.get("temperature"), 1.0),
        "text": {**text, "format": text.get("format") or {"type": "text"}},
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": body.get("tools") or [],
        "top_p": _or(body.get("top_p"), 1.0),
        "truncation": body.get("truncation") or "disabled",
        "usage": None if running else _usage(exchange),
        "user": body.get("user"),
        "metadata": body.get("metadata") or {},
    }


def _usage(exchange: Exchange) -> dict[str, Any]:
    usage = exchange.answer.usage
    return {
        "input_tokens": usage.prompt,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": usage.completion,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.total,
    }


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _joined(content: str | Sequence[Mapping[str, Any]]) -> str:
    if isinstance(content, str):
        return content
    return "".join(part[_SAID[part["type"]]] for part in content if part["type"] in _SAID)


def _tool(tool: Mapping[str, Any]) -> Tool:
    return Tool(tool["name"], tool.get("description") or "", tool.get("parameters") or {})
