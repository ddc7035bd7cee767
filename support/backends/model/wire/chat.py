"""OpenAI's chat completions: POST /v1/chat/completions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from support.backends.model import answers
from support.backends.model.asked import Api, Asked, Call, Message, Role, Tool
from support.backends.model.exchanges import Exchange, Frame
from support.backends.model.refusals import Refusal, invalid
from support.backends.model.settings import Settings
from support.backends.model.tokens import Usage

from . import openai
from .rules import Anything, Boolean, Choice, Either, Fields, Many, Nullable, Number, Tagged, Text

PROVIDER = openai
NAME: Api = "chat"
ID = "chatcmpl-"
FINGERPRINT = "fp_scripted"

NAME_PATTERN = "^[a-zA-Z0-9_-]+$"
_ANY = Anything()
_TEXT_PART = Fields({"type": _ANY, "text": Text()}, {"prompt_cache_breakpoint": _ANY})
_IMAGE = Fields({"url": Text(short=1)}, {"detail": Choice(("auto", "low", "high"))})
_USER_PARTS = Tagged(
    "type",
    {
        "text": _TEXT_PART,
        "image_url": Fields({"type": _ANY, "image_url": _IMAGE}, open=True),
        "input_audio": Fields({"type": _ANY, "input_audio": Fields(open=True)}, open=True),
        "file": Fields({"type": _ANY, "file": Fields(open=True)}, open=True),
    },
)
_TEXTS = Many(Tagged("type", {"text": _TEXT_PART}), few=1)
_SAID = Many(Tagged("type", {"text": _TEXT_PART, "refusal": Fields({"type": _ANY, "refusal": Text()})}), few=1)
_CALLED = Fields({"name": Text(short=1, pattern=NAME_PATTERN, long=64), "arguments": Text()})
_CALL = Tagged(
    "type",
    {
        "function": Fields({"id": Text(short=1), "type": _ANY, "function": _CALLED}),
        "custom": Fields({"id": Text(short=1), "type": _ANY, "custom": Fields(open=True)}),
    },
)
_SYSTEM = Fields({"role": _ANY, "content": Either((Text(), _TEXTS))}, {"name": Text()})
_MESSAGE = Tagged(
    "role",
    {
        "system": _SYSTEM,
        "assistant": Fields(
            {"role": _ANY},
            {
                "content": Nullable(Either((Text(), _SAID))),
                "tool_calls": Nullable(Many(_CALL, few=1, many=128)),
                "refusal": Nullable(Text()),
                "name": Text(),
                "audio": _ANY,
                "annotations": _ANY,
                "function_call": Nullable(_CALLED),
            },
        ),
        "user": Fields(
            {"role": _ANY, "content": Either((Text(), Many(_USER_PARTS, few=1)))}, {"name": Nullable(Text())}
        ),
        "function": Fields({"role": _ANY, "name": Text(short=1), "content": Nullable(Text())}),
        "tool": Fields({"role": _ANY, "content": Either((Text(), _TEXTS)), "tool_call_id": Text(short=1)}),
        "developer": _SYSTEM,
    },
)
_FUNCTION = Fields(
    {"name": Text(short=1, long=64, pattern=NAME_PATTERN)},
    {"description": Nullable(Text()), "parameters": Nullable(Fields(open=True)), "strict": Nullable(Boolean())},
)
_TOOL = Tagged(
    "type",
    {
        "function": Fields({"type": _ANY, "function": _FUNCTION}),
        "custom": Fields({"type": _ANY, "custom": Fields(open=True)}),
    },
)
_JSON_SCHEMA = Fields(
    {"name": Text(short=1, long=64, pattern=NAME_PATTERN)},
    {"description": Text(), "schema": Fields(open=True), "strict": Nullable(Boolean())},
)
_FORMAT = Tagged(
    "type",
    {
        "text": Fields({"type": _ANY}),
        "json_object": Fields({"type": _ANY}),
        "json_schema": Fields({"type": _ANY, "json_schema": _JSON_SCHEMA}),
    },
)
_TOOL_CHOICE = Either(
    (
        Choice(("none", "auto", "required")),
        Tagged(
            "type",
            {
                "function": Fields({"type": _ANY, "function": Fields({"name": Text(short=1)})}),
                "custom": Fields(open=True),
                "allowed_tools": Fields(open=True),
            },
        ),
    )
)
_TOKENS = Nullable(Number(low=1, whole=True))
_PENALTY = Nullable(Number(-2, 2))
RULE = Fields(
    {"model": Text(short=1), "messages": Many(_MESSAGE, few=1)},
    {
        "temperature": Nullable(Number(0, 2)),
        "top_p": Nullable(Number(0, 1)),
        "frequency_penalty": _PENALTY,
        "presence_penalty": _PENALTY,
        "max_tokens": _TOKENS,
        "max_completion_tokens": _TOKENS,
        "n": Nullable(Number(1, 128, whole=True)),
        "seed": Nullable(Number(whole=True)),
        "stop": Nullable(Either((Text(), Many(Text(short=1), few=1, many=4)))),
        "stream": Nullable(Boolean()),
        "stream_options": Nullable(Fields(allowed={"include_usage": Boolean(), "include_obfuscation": Boolean()})),
        "tools": Nullable(Many(_TOOL, few=1, many=128)),
        "tool_choice": _TOOL_CHOICE,
        "parallel_tool_calls": Boolean(),
        "functions": Many(_FUNCTION, few=1, many=128),
        "function_call": Either((Choice(("none", "auto")), Fields({"name": Text(short=1)}))),
        "response_format": Nullable(_FORMAT),
        "logprobs": Nullable(Boolean()),
        "top_logprobs": Nullable(Number(0, 20, whole=True)),
        "logit_bias": Nullable(Fields(open=True)),
        "user": Nullable(Text()),
        "store": Nullable(Boolean()),
        "metadata": Nullable(Fields(open=True)),
        "reasoning_effort": Nullable(Choice(("none", "minimal", "low", "medium", "high", "xhigh", "max"))),
        "verbosity": Nullable(Choice(("low", "medium", "high"))),
        "service_tier": Nullable(Choice(("auto", "default", "flex", "scale", "priority", "fast"))),
        "modalities": Nullable(Many(Choice(("text", "audio")), few=1)),
        "audio": _ANY,
        "moderation": _ANY,
        "prediction": _ANY,
        "web_search_options": _ANY,
        "safety_identifier": Nullable(Text(long=128)),
        "prompt_cache_key": Nullable(Text()),
        "prompt_cache_options": _ANY,
        "prompt_cache_retention": Nullable(Choice(("in_memory", "24h"))),
    },
)
_ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}


def check(body: Any, _headers: Mapping[str, str], settings: Settings) -> None:
    """Refuse what OpenAI refuses, in the order: shape, model, what goes with what."""
    openai.check(RULE, body)
    openai.require_model(body["model"], "chat", settings.known_models())
    openai.check_reasoning(body, "max_completion_tokens")
    check_options(body)
    check_format(body.get("response_format"), body["messages"])
    for index, tool in enumerate(body.get("tools") or ()):
        _check_tool(index, tool)
    check_calls(body["messages"])


def check_options(body: Mapping[str, Any]) -> None:
    """Refuse parameters that do not go together."""
    if body.get("stream_options") is not None and not body.get("stream"):
        raise invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
    for name in ("tool_choice", "parallel_tool_calls"):
        if name in body and not (body.get("tools") or body.get("functions")):
            raise invalid(f"Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified.", name)
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
        raise invalid(message, "max_tokens", "invalid_parameter_combination")
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        raise invalid("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs")
    for name, given in (("n", (body.get("n") or 1) > 1), ("logprobs", body.get("logprobs"))):
        if given:
            message = f"Unsupported value: the scripted model gives one answer without log probabilities ('{name}')."
            raise invalid(message, name, "unsupported_value")


def check_format(wanted: Mapping[str, Any] | None, messages: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a response format that cannot be kept."""
    if wanted is None:
        return
    if wanted["type"] == "json_object" and not any("json" in text_of(each).lower() for each in messages):
        message = (
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        )
        raise invalid(message, "messages")
    if wanted["type"] == "json_schema":
        asked = wanted["json_schema"]
        if "schema" not in asked:
            place = "response_format.json_schema.schema"
            raise invalid(f"Missing required parameter: '{place}'.", place, "missing_required_parameter")
        name = f"response_format '{asked['name']}'"
        openai.check_schema(asked["schema"], "response_format", name, strict=bool(asked.get("strict")))


def check_calls(messages: Sequence[Mapping[str, Any]]) -> None:
    """Refuse tool results without their call, and calls without their results."""
    waiting: list[str] = []
    caller = 0
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                raise invalid(
                    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with"
                    " 'tool_calls'.",
                    f"messages.[{index}].role",
                )
            waiting.remove(message["tool_call_id"])
            continue
        _require_answered(waiting, caller)
        if message["role"] == "assistant":
            waiting, caller = [call["id"] for call in message.get("tool_calls") or ()], index
            if not waiting and not message.get("function_call") and not _says(message):
                place = f"messages.[{index}].content"
                raise invalid("Invalid value for 'content': expected a string, got null.", place)
    _require_answered(waiting, caller)


def read(body: Mapping[str, Any], headers: Mapping[str, str], _shelf: Mapping[str, Any]) -> Asked:
    """The request in no provider's words."""
    stop = body.get("stop") or ()
    return Asked(
        api=NAME,
        model=body["model"],
        messages=tuple(messages_of(body["messages"])),
        tools=tuple(_tool(tool) for tool in body.get("tools") or ()),
        headers=headers,
        stream=bool(body.get("stream")),
        temperature=body.get("temperature"),
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
    )


def messages_of(messages: Sequence[Mapping[str, Any]]) -> Iterator[Message]:
    """Each message; a tool's result gets the name of the call that it answers."""
    names: dict[str, str] = {}
    for message in messages:
        calls = tuple(_call(call) for call in message.get("tool_calls") or ())
        names |= {call.id: call.name for call in calls}
        call_id = message.get("tool_call_id", "")
        tool = message["name"] if message["role"] == "function" else names.get(call_id, "")
        yield Message(_ROLES[message["role"]], text_of(message), calls, call_id, tool)


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a message, its parts joined."""
    content = message.get("content")
    if isinstance(content, list):
        return "".join(part[part["type"]] for part in content if part["type"] in ("text", "refusal"))
    return content or message.get("refusal") or ""


def shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """As sent."""
    systems = [each for each in body["messages"] if _ROLES[each["role"]] == "system"]
    return {
        "messages": body["messages"],
        "system": "\n".join(text_of(each) for each in systems) if systems else None,
        "tools": body.get("tools"),
        "max_tokens": body.get("max_completion_tokens") or body.get("max_tokens"),
    }


def plain(exchange: Exchange) -> dict[str, Any]:
    """A `chat.completion`."""
    choice = {"index": 0, "message": message_of(exchange), "logprobs": None, "finish_reason": exchange.answer.finish}
    return {
        **_head(exchange, "chat.completion"),
        "choices": [choice],
        "usage": usage_of(exchange.answer.usage),
    }


def message_of(exchange: Exchange) -> dict[str, Any]:
    """The assistant's message."""
    answer = exchange.answer
    message: dict[str, Any] = {
        "role": "assistant",
        "content": _content(exchange),
        "refusal": answer.refusal,
        "annotations": [],
    }
    if answer.calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in answer.calls
        ]
    return message


def frames(exchange: Exchange) -> Iterator[Frame]:
    """`chat.completion.chunk` events, and `[DONE]`."""
    answer = exchange.answer
    opening = {"role": "assistant", "content": None if _content(exchange) is None else "", "refusal": None}
    yield _chunk(exchange, opening), False
    for chunk in answer.chunks:
        yield _chunk(exchange, {"content": chunk}), True
    for word in answers.words(answer.refusal or ""):
        yield _chunk(exchange, {"refusal": word}), True
    for index, call in enumerate(answer.calls):
        yield from _call_frames(exchange, index, call)
    yield _chunk(exchange, {}, answer.finish), False
    if includes_usage(exchange.body):
        usage = {"choices": [], "usage": usage_of(answer.usage)}
        yield openai.event({**_head(exchange, "chat.completion.chunk"), **usage}), False
    yield b"data: [DONE]\n\n", False


def includes_usage(body: Mapping[str, Any]) -> bool:
    """Whether the stream was asked to end with its usage."""
    return bool((body.get("stream_options") or {}).get("include_usage"))


def usage_of(usage: Usage) -> dict[str, Any]:
    """As chat completions tell it."""
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.total,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _content(exchange: Exchange) -> str | None:
    silent = not exchange.answer.chunks and bool(exchange.answer.calls or exchange.answer.refusal)
    return None if silent else exchange.answer.text


def _head(exchange: Exchange, kind: str) -> dict[str, Any]:
    return {
        "id": exchange.id,
        "object": kind,
        "created": exchange.created,
        "model": exchange.asked.model,
        "service_tier": "default",
        "system_fingerprint": FINGERPRINT,
    }


def _chunk(exchange: Exchange, delta: Mapping[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    usage = {"usage": None} if includes_usage(exchange.body) else {}
    return openai.event({**_head(exchange, "chat.completion.chunk"), "choices": [choice], **usage})


def _call_frames(exchange: Exchange, index: int, call: Call) -> Iterator[Frame]:
    begun = {"index": index, "id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}
    yield _chunk(exchange, {"tool_calls": [begun]}), False
    for piece in answers.pieces(call.arguments):
        yield _chunk(exchange, {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}), True


def _call(call: Mapping[str, Any]) -> Call:
    if call["type"] == "function":
        return Call(call["id"], call["function"]["name"], call["function"]["arguments"])
    return Call(call["id"], str(call["custom"].get("name", "")), str(call["custom"].get("input", "")))


def _tool(tool: Mapping[str, Any]) -> Tool:
    if tool["type"] == "custom":
        return Tool(str(tool["custom"].get("name", "")), str(tool["custom"].get("description", "")))
    function = tool["function"]
    return Tool(function.get("name", ""), function.get("description") or "", function.get("parameters") or {})


def _check_tool(index: int, tool: Mapping[str, Any]) -> None:
    if tool["type"] == "function" and tool["function"].get("parameters"):
        function = tool["function"]
        place = f"tools[{index}].function.parameters"
        strict = bool(function.get("strict"))
        openai.check_schema(function["parameters"], place, f"function '{function['name']}'", strict=strict)


def _says(message: Mapping[str, Any]) -> bool:
    return message.get("content") is not None or message.get("refusal") is not None or bool(message.get("audio"))


def _require_answered(waiting: Sequence[str], caller: int) -> None:
    if waiting:
        raise Refusal(
            400,
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
            f" 'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(waiting)}",
            f"messages.[{caller}].role",
        )
