"""What a span says: the common form of both encodings, and the event that it becomes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import events, nesting
from .calls import parse_json
from .errors import Problem

Attributes = Mapping[str, Any]

OBJECTS = events.OBJECTS
SESSION_ATTRIBUTES = ("honeyhive.session_id", "traceloop.association.properties.session_id", "session.id")
SOURCE_ATTRIBUTES = ("honeyhive.source", "honeyhive_source", "traceloop.association.properties.source")
CONSUMED = {
    *SESSION_ATTRIBUTES,
    *SOURCE_ATTRIBUTES,
    "honeyhive.session_auto_create",
    "honeyhive.session_name",
    "honeyhive_event_id",
    "honeyhive_event_type",
    "honeyhive_event_name",
    "honeyhive_error",
    "input.value",
    "output.value",
}
"""What has a place of its own in the event; every other attribute stays flat in its metadata."""

BUCKET = re.compile(rf"honeyhive_({'|'.join(OBJECTS)})(?:\.(.+))?")
MESSAGE = re.compile(r"llm\.(input|output)_messages\.([0-9]{1,6})\.(?:message\.)?(.+)")
INDEX = re.compile(r"0|[1-9][0-9]{0,5}")
MODEL_CLIENTS = (
    "openai",
    "anthropic",
    "bedrock",
    "gemini",
    "vertexai",
    "mistral",
    "cohere",
    "groq",
    "ollama",
    "litellm",
)
OPERATIONS = {
    "chat": "model",
    "text_completion": "model",
    "generate_content": "model",
    "embeddings": "model",
    "invoke_agent": "chain",
    "create_agent": "chain",
    "invoke_workflow": "chain",
    "execute_tool": "tool",
    "retrieval": "tool",
}
"""`gen_ai.operation.name` to event type: the table that the SDK says HoneyHive applies at ingestion."""
KINDS = {"LLM": "model", "CHAIN": "chain", "AGENT": "chain"}
"""`openinference.span.kind` to event type; the other kinds are tools."""

_NAMESPACE = uuid.UUID("6f1d2a54-9f43-4f5e-8f0e-2c3f7a1b9d10")


@dataclass(frozen=True, slots=True)
class Span:
    """One span; ids are lower-case hexadecimal, times nanoseconds since 1970."""

    trace_id: str
    span_id: str
    parent_span_id: str | None
    name: str
    start_ns: int
    end_ns: int
    attributes: dict[str, Any] = field(default_factory=dict)
    failed: bool = False
    status_message: str = ""
    exception: str | None = None
    scope: str = ""
    resource: dict[str, Any] = field(default_factory=dict)


def as_event(span: Span) -> dict[str, Any]:
    """The fields of the event that a span is; `parent_id` is the id that its parent span has by itself, if any."""
    objects = buckets_of(span.attributes)
    objects["metadata"] = {**flat_attributes(span.attributes), **objects["metadata"]}
    return {
        "event_id": event_id_of(span),
        "session_id": session_of(span),
        "event_type": event_type_of(span),
        "event_name": event_name_of(span),
        "parent_id": derived_id(span.trace_id, span.parent_span_id) if span.parent_span_id else None,
        "source": source_of(span),
        "error": error_of(span),
        "start_time": milliseconds(span.start_ns),
        "end_time": milliseconds(max(span.end_ns, span.start_ns)),
        **objects,
    }


def event_id_of(span: Span) -> str:
    """The id that the span names, else one derived from trace and span."""
    named = span.attributes.get("honeyhive_event_id")
    return named if isinstance(named, str) and named.strip() else derived_id(span.trace_id, span.span_id)


def derived_id(trace_id: str, span_id: str) -> str:
    """The event id of a span that names none."""
    return str(uuid.uuid5(_NAMESPACE, f"{trace_id}:{span_id}"))


def session_of(span: Span) -> str:
    """The session that a span belongs to: named by an attribute, else one for each trace."""
    for name in SESSION_ATTRIBUTES:
        value = span.attributes.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return str(uuid.UUID(hex=span.trace_id))


def session_properties(span: Span) -> dict[str, Any]:
    """What a span says of its session, should it have to be created on the way."""
    name = span.attributes.get("honeyhive.session_name")
    return {
        "session_name": name if isinstance(name, str) and name.strip() else event_name_of(span),
        "source": source_of(span),
        "start_time": milliseconds(span.start_ns),
    }


def event_type_of(span: Span) -> str:
    """The type that the span names, else what its conventions say, else model when it speaks of one, else tool."""
    named = span.attributes.get("honeyhive_event_type")
    if named in events.EVENT_TYPES and named != "session":
        return str(named)
    operation = OPERATIONS.get(str(span.attributes.get("gen_ai.operation.name", "")).lower())
    if operation:
        return operation
    kind = span.attributes.get("openinference.span.kind")
    if isinstance(kind, str):
        return KINDS.get(kind.upper(), "tool")
    return "model" if speaks_of_model(span) else "tool"


def speaks_of_model(span: Span) -> bool:
    """Whether a span has attributes of a model call, or the name of a model's client."""
    if any(name.startswith(("gen_ai.", "llm.")) for name in span.attributes):
        return True
    return any(client in f"{span.scope} {span.name}".lower() for client in MODEL_CLIENTS)


def event_name_of(span: Span) -> str:
    """The name that the attributes give, else the span's."""
    named = span.attributes.get("honeyhive_event_name")
    return named if isinstance(named, str) and named.strip() else span.name or "span"


def source_of(span: Span) -> str | None:
    """Where a span comes from: by its attributes, else its service."""
    for place in (*(span.attributes.get(name) for name in SOURCE_ATTRIBUTES), span.resource.get("service.name")):
        if isinstance(place, str) and place:
            return place
    return None


def error_of(span: Span) -> str | None:
    """What went wrong: by the attribute, else the status, else the recorded exception."""
    named = span.attributes.get("honeyhive_error")
    if named not in (None, ""):
        return str(named)
    if not span.failed:
        return None
    return span.status_message or span.exception or "error"


def milliseconds(nanoseconds: int) -> float:
    """Milliseconds, to the microsecond."""
    return round(nanoseconds / 1e6, 3)


# Attributes ----------------------------------------------------------------------------------------------------------


def flat_attributes(attributes: Attributes) -> dict[str, Any]:
    """The attributes that have no place of their own, as they are."""
    return {
        name: value
        for name, value in attributes.items()
        if name not in CONSUMED and not BUCKET.fullmatch(name) and not MESSAGE.fullmatch(name)
    }


def buckets_of(attributes: Attributes) -> dict[str, dict[str, Any]]:
    """The objects of an event: `honeyhive_<object>[.path]` nested, and what OpenInference says of input and output."""
    made: dict[str, dict[str, Any]] = {name: {} for name in OBJECTS}
    place_openinference(made, attributes)
    for name, value in in_order(attributes):
        found = BUCKET.fullmatch(name)
        if not found:
            continue
        bucket, path = made[found[1]], found[2]
        parsed = parse_if_json(value)
        if path:
            nest(bucket, path.split("."), parsed)
        elif isinstance(parsed, dict):
            bucket.update(events.merge_values(bucket, parsed))
        else:
            bucket["result" if found[1] == "outputs" else "value"] = parsed
    return {name: {key: with_lists(value) for key, value in one.items()} for name, one in made.items()}


def place_openinference(made: dict[str, dict[str, Any]], attributes: Attributes) -> None:
    """Put `input.value`, `output.value` and the messages of a model call to inputs and outputs."""
    for name, bucket, bare in (("input.value", "inputs", "value"), ("output.value", "outputs", "result")):
        if name in attributes:
            parsed = parse_if_json(attributes[name])
            made[bucket].update(parsed if isinstance(parsed, dict) else {bare: parsed})
    messages: dict[str, dict[int, dict[str, Any]]] = {"input": {}, "output": {}}
    for name, value in in_order(attributes):
        if found := MESSAGE.fullmatch(name):
            nest(messages[found[1]].setdefault(int(found[2]), {}), found[3].split("."), value)
    if messages["input"]:
        made["inputs"]["chat_history"] = _in_order(messages["input"])
    if messages["output"]:
        said = _in_order(messages["output"])
        made["outputs"].update(said[0] if len(said) == 1 else {"messages": said})


def in_order(attributes: Attributes) -> list[tuple[str, Any]]:
    """Attributes by name, so that what stands at a path comes before what stands below it, in whatever order sent."""
    return sorted(attributes.items(), key=lambda attribute: attribute[0])


def _in_order(messages: Mapping[int, dict[str, Any]]) -> list[Any]:
    return [with_lists(messages[index]) for index in sorted(messages)]


def parse_if_json(value: Any) -> Any:
    """A text that is a JSON object or list, parsed; anything else as it is."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return parse_json(value.encode())
        except Problem:
            return value
    return value


class TakenApart(dict[str, Any]):
    """An object, or a list, that came as an attribute for each of its parts."""


def nest(target: dict[str, Any], path: list[str], value: Any) -> None:
    """Put a value at a dotted path; where something else stands in the way, the rest of the path is one key."""
    if len(path) > nesting.MAX_DEPTH:
        path = [*path[: nesting.MAX_DEPTH - 1], ".".join(path[nesting.MAX_DEPTH - 1 :])]
    for index, part in enumerate(path[:-1]):
        step = target.setdefault(part, TakenApart())
        if not isinstance(step, dict):
            target[".".join(path[index:])] = value
            return
        target = step
    target[path[-1]] = value


def with_lists(value: Any) -> Any:
    """The same with lists where something was taken apart into 0, 1, 2 …, as the SDK does with lists."""
    if not isinstance(value, dict):
        return value
    inner = {key: with_lists(one) for key, one in value.items()}
    if isinstance(value, TakenApart) and all(INDEX.fullmatch(key) for key in inner):
        indices = sorted(inner, key=int)
        return [inner[key] for key in indices] if [int(key) for key in indices] == list(range(len(inner))) else inner
    return inner
