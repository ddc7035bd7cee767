"""A model call as an event: where each term of the call has its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CONFIG = (
    "model",
    "model_version",
    "provider",
    "hyperparameters",
    "template",
    "tools",
    "tool_choice",
    "response_format",
)
_METADATA = ("usage", "cost")


def as_event(sent: Mapping[str, Any]) -> dict[str, Any]:
    """An event of type model: messages to inputs, the response to outputs, the model to config, usage to metadata."""
    terms = {name: value for name, value in sent.items() if value is not None}
    terms.setdefault("model", terms.pop("model_name", None))
    event = {name: value for name, value in sent.items() if name not in (*_CONFIG, *_METADATA, "model_name")}
    inputs = {"chat_history": event.pop("messages", None), **as_object(event.pop("template_inputs", None))}
    outputs = as_outputs(event.pop("response", None))
    places = {
        "config": {name: terms.get(name) for name in _CONFIG},
        "metadata": {name: terms.get(name) for name in _METADATA},
        "inputs": inputs,
        "outputs": outputs,
    }
    for place, values in places.items():
        found = {name: value for name, value in values.items() if value is not None}
        event[place] = {**found, **(event.get(place) or {})}
    event["event_type"] = "model"
    event["event_name"] = event.get("event_name") or terms.get("model") or "model"
    return event


def as_outputs(response: Any) -> dict[str, Any]:
    """The response of a model as outputs: an object as it is, a text as what the assistant said."""
    if response is None or isinstance(response, dict):
        return response or {}
    return {"role": "assistant", "content": response}


def as_object(value: Any) -> dict[str, Any]:
    """An object as it is, anything else under its name."""
    return value if isinstance(value, dict) else {"template_inputs": value}
