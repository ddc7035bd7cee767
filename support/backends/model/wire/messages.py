"""Anthropic's messages: POST /v1/messages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from support.backends.model import answers
from support.backends.model.asked import Api, Asked, Call, Message, Tool
from support.backends.model.exchanges import Exchange, Frame
from support.backends.model.refusals import Refusal, invalid, unscripted
from support.backends.model.settings import Settings

from . import anthropic, openai
from .rules import Anything, Boolean, Choice, Either, Fields, Many, Nullable, Number, Tagged, Text

PROVIDER = anthropic
NAME: Api = "messages"
ID = "msg_"

_ANY = Anything()
_OPEN = Fields(open=True)
_TEXT = Fields({"type": _ANY, "text": Text(short=1)}, {"cache_control": _ANY, "citations": _ANY})
_RESULT = Either((Text(), Many(Tagged("type", {"text": _TEXT, "image": _OPEN, "document": _OPEN}))))
_BLOCK = Tagged(
    "type",
    {
        "text": _TEXT,
        "image": _OPEN,
        "document": _OPEN,
        "tool_use": Fields(
            {"type": _ANY, "id": Text(short=1), "name": Text(short=1, long=200), "input": _OPEN},
            {"cache_control": _ANY, "caller": _ANY, "toolset_name": _ANY},
        ),
        "tool_result": Fields(
            {"type": _ANY, "tool_use_id": Text(short=1)},
            {"content": _RESULT, "is_error": Boolean(), "cache_control": _ANY, "toolset_name": _ANY},
        ),
        "thinking": _OPEN,
        "redacted_thinking": _OPEN,
    },
)
_TEXTS = Either((Text(), Many(Tagged("type", {"text": _TEXT}))))
_MESSAGE = Fields({"role": Choice(("user", "assistant", "system")), "content": Either((Text(), Many(_BLOCK)))})
_SCHEMA = Fields({"type": Choice(("object",))}, open=True)
_TOOL = Tagged(
    "type",
    {
        "custom": Fields(
            {"name": Text(short=1, long=128, pattern="^[a-zA-Z0-9_-]{1,128}$"), "input_schema": _SCHEMA},
            {"type": _ANY, "description": Text(), "strict": Nullable(Boolean())},
            open=True,
        )
    },
    absent="custom",
)
_PARALLEL = {"disable_parallel_tool_use": Boolean()}
_TOOL_CHOICE = Tagged(
    "type",
    {
        "auto": Fields({"type": _ANY}, _PARALLEL),
        "any": Fields({"type": _ANY}, _PARALLEL),
        "tool": Fields({"type": _ANY, "name": Text(short=1)}, _PARALLEL),
        "none": Fields({"type": _ANY}),
    },
)
RULE = Fields(
    {"model": Text(short=1), "max_tokens": Number(low=1, whole=True), "messages": Many(_MESSAGE, few=1)},
    {
        "system": _TEXTS,
        "temperature": Number(0, 1),
        "top_p": Number(0, 1),
        "top_k": Number(0, whole=True),
        "stop_sequences": Many(Text(short=1)),
        "stream": Boolean(),
        "tools": Many(_TOOL),
        "tool_choice": _TOOL_CHOICE,
        "metadata": _OPEN,
        "thinking": _OPEN,
        "service_tier": Choice(("auto", "standard_only")),
        "output_config": _OPEN,
        "cache_control": _ANY,
        "container": _ANY,
        "diagnostics": _ANY,
        "inference_geo": _ANY,
        "speed": _ANY,
    },
)
_STOPS = {"length": "max_tokens", "tool_calls": "tool_use", "content_filter": "refusal"}


def check(body: Any, headers: Mapping[str, str], settings: Settings) -> None:
    """Refuse what Anthropic refuses, in the order: version, shape, model, what goes with what."""
    if "anthropic-version" not in headers:
        raise invalid("anthropic-version: header is required")
    anthropic.check(RULE, body)
    if openai.kind_of(body["model"]) != "claude" or not openai.exists(body["model"], settings.known_models()):
        raise Refusal(404, f"model: {body['model']}")
    if body.get("tool_choice") and not body.get("tools"):
        raise invalid("tool_choice: may only be specified while providing tools")
    check_turns(body["messages"])


def check_turns(messages: Sequence[Mapping[str, Any]]) -> None:
    """Refuse empty turns, tool results without their call, and calls without their results."""
    called: list[str] = []
    for index, message in enumerate(messages):
        blocks = blocks_of(message)
        if not blocks and not (message["role"] == "assistant" and index == len(messages) - 1):
            raise invalid(f"messages.{index}: {message['role']} messages must have non-empty content")
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        for result in results:
            if result not in called or message["role"] != "user":
                raise invalid(
                    f"messages.{index}: `tool_result` block(s) provided when previous message does not contain any"
                    f" `tool_use` blocks with the id {result}"
                )
        _require_answered(index - 1, called, results)
        called = [block["id"] for block in blocks if block["type"] == "tool_use"]
    _require_answered(len(messages) - 1, called, ())


def read(body: Mapping[str, Any], headers: Mapping[str, str], _shelf: Mapping[str, Any]) -> Asked:
    """The request in no provider's words."""
    system = [Message("system", system_of(body))] if body.get("system") else []
    return Asked(
        api=NAME,
        model=body["model"],
        messages=(*system, *messages_of(body["messages"])),
        tools=tuple(
            Tool(tool["name"], tool.get("description", ""), tool["input_schema"]) for tool in body.get("tools", ())
        ),
        headers=headers,
        stream=bool(body.get("stream")),
        temperature=body.get("temperature"),
        max_tokens=body["max_tokens"],
        stop=tuple(body.get("stop_sequences", ())),
    )


def messages_of(messages: Sequence[Mapping[str, Any]]) -> Iterator[Message]:
    """Each message; tool results are messages of their own, behind what the user says beside them."""
    names: dict[str, str] = {}
    for message in messages:
        blocks = blocks_of(message)
        calls = tuple(
            Call(block["id"], block["name"], json.dumps(block["input"], ensure_ascii=False))
            for block in blocks
            if block["type"] == "tool_use"
        )
        names |= {call.id: call.name for call in calls}
        text = _joined(blocks)
        results = [block for block in blocks if block["type"] == "tool_result"]
        if text or calls or not results:
            yield Message(message["role"], text, calls)
        for result in results:
            id_ = result["tool_use_id"]
            yield Message("tool", _content(result), call_id=id_, tool=names.get(id_, ""))


def blocks_of(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The content as blocks."""
    content = message["content"]
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    blocks: list[Mapping[str, Any]] = content
    return blocks


def system_of(body: Mapping[str, Any]) -> str:
    """The text of the system prompt."""
    system = body.get("system", "")
    return system if isinstance(system, str) else _joined(system)


def shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """As sent."""
    return {
        "messages": body["messages"],
        "system": system_of(body) or None,
        "tools": body.get("tools"),
        "max_tokens": body["max_tokens"],
    }


def plain(exchange: Exchange) -> dict[str, Any]:
    """A `message`."""
    content = [*_text_blocks(exchange), *(_call_block(exchange, call) for call in exchange.answer.calls)]
    return {
        **_head(exchange),
        "content": content,
        **_end(exchange),
        "usage": _usage(exchange, exchange.answer.usage.completion),
    }


def frames(exchange: Exchange) -> Iterator[Frame]:
    """The events of a stream."""
    begun = {**_head(exchange), "content": [], "stop_reason": None, "stop_sequence": None, "usage": _usage(exchange, 0)}
    yield _event("message_start", message=begun), False
    answer = exchange.answer
    said = answer.chunks or answers.words(answer.refusal or "")
    index = 0
    if said:
        yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""}), False
        yield _event("ping"), False
        for chunk in said:
            yield _event("content_block_delta", index=0, delta={"type": "text_delta", "text": chunk}), True
        yield _event("content_block_stop", index=0), False
        index = 1
    for call in answer.calls:
        block = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
        yield _event("content_block_start", index=index, content_block=block), False
        for piece in answers.pieces(call.arguments):
            yield (
                _event("content_block_delta", index=index, delta={"type": "input_json_delta", "partial_json": piece}),
                True,
            )
        yield _event("content_block_stop", index=index), False
        index += 1
    usage = {"output_tokens": answer.usage.completion}
    yield _event("message_delta", delta=_end(exchange), usage=usage), False
    yield _event("message_stop"), False


def _event(name: str, **fields: Any) -> bytes:
    return openai.event({"type": name, **fields}, name)


def _head(exchange: Exchange) -> dict[str, Any]:
    return {"id": exchange.id, "type": "message", "role": "assistant", "model": exchange.asked.model}


def _end(exchange: Exchange) -> dict[str, Any]:
    answer = exchange.answer
    if answer.refusal is not None:
        return {"stop_reason": "refusal", "stop_sequence": None}
    usual_ = "stop_sequence" if answer.stop_sequence else "end_turn"
    return {"stop_reason": _STOPS.get(answer.finish, usual_), "stop_sequence": answer.stop_sequence}


def _usage(exchange: Exchange, output: int) -> dict[str, Any]:
    return {
        "input_tokens": exchange.answer.usage.prompt,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output,
        "service_tier": "standard",
    }


def _text_blocks(exchange: Exchange) -> list[dict[str, Any]]:
    text = exchange.answer.refusal or exchange.answer.text
    return [{"type": "text", "text": text, "citations": None}] if text else []


def _call_block(exchange: Exchange, call: Call) -> dict[str, Any]:
    try:
        given = json.loads(call.arguments)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        message = f"arguments of {call.name} that are no JSON object cannot be answered in messages, unless as a stream"
        raise unscripted(f"{message}: {call.arguments!r}", "no_such_answer")
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": given}


def _content(result: Mapping[str, Any]) -> str:
    content = result.get("content", "")
    return content if isinstance(content, str) else _joined(content)


def _joined(blocks: Sequence[Mapping[str, Any]]) -> str:
    return "".join(block["text"] for block in blocks if block["type"] == "text")


def _require_answered(index: int, called: Sequence[str], results: Sequence[str]) -> None:
    lacking = [call for call in called if call not in results]
    if lacking:
        raise invalid(
            f"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after:"
            f" {', '.join(lacking)}. Each `tool_use` block must have a corresponding `tool_result` block in the next"
            " message."
        )
