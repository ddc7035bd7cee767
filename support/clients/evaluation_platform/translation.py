"""Product terms to the reference product's wire fields, and back: data, and two small functions.

A product field that is not named here has the same name on the wire; an unknown field is passed on as it is, so
that a scenario can send it. The wire is that of ``contracts/evaluation-platform.md`` (HoneyHive 1.7.0).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from .interface import ContractBroken, Fields
from .nouns import NOUNS

Model = TypeVar("Model", bound=BaseModel)

_EVENT = {
    "id": "event_id",
    "session": "session_id",
    "parent": "parent_id",
    "children": "children_ids",
    "type": "event_type",
    "name": "event_name",
    "project": "project_id",
}

WIRE_NAMES: Mapping[str, Mapping[str, str]] = {
    "dataset": {},
    "datapoint": {},
    "configuration": {
        "model": "parameters.model",
        "call_type": "parameters.call_type",
        "template": "parameters.template",
        "hyperparameters": "parameters.hyperparameters",
        "response_format": "parameters.responseFormat",
        "functions": "parameters.selectedFunctions",
        "function_choice": "parameters.functionCallParams",
        "forced_function": "parameters.forceFunction",
        "environments": "env",
    },
    "tool": {"type": "tool_type"},
    "metric": {
        "enabled": "enabled_in_prod",
        "sampling": "sampling_percentage",
        "children": "child_metrics",
        "filters": "filters.filterArray",
    },
    "run": {"id": "run_id", "dataset": "dataset_id", "sessions": "event_ids", "datapoints": "datapoint_ids"},
    "project": {},
    "event": _EVENT,
    # a session is written under its own words and answered as an event
    "session": {**_EVENT, "id": "session_id", "name": "session_name"},
}
"""Product field to dotted wire path, by noun; only where they differ."""

WIRE_FILTERS: Mapping[str, Mapping[str, str]] = {
    "dataset": {"id": "dataset_id"},
    "datapoint": {"ids": "datapoint_ids", "dataset": "dataset_name"},
    "configuration": {"environment": "env"},
    "run": {"ids": "run_ids", "dataset": "dataset_id"},
}
"""Filter of a list to query parameter, by noun; only where they differ."""


def to_wire(noun: str, fields: Fields) -> dict[str, Any]:
    """The wire body for product fields of a noun. Values are passed on unchanged, right or wrong."""
    names = WIRE_NAMES[noun]
    body: dict[str, Any] = {}
    for field, value in fields.items():
        *parents, leaf = names.get(field, field).split(".") if field in names else [field]
        place = body
        for parent in parents:
            place = place.setdefault(parent, {})
        place[leaf] = value
    return body


def to_query(noun: str, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The query parameters for filters of a noun's list; None is left out, lists stay lists."""
    names = WIRE_FILTERS.get(noun, {})
    return {names.get(name, name): value for name, value in filters.items() if value is not None}


def from_wire(noun: str, model: type[Model], answer: Any, operation: str) -> Model:
    """The product model of a thing as answered; null counts as absent.

    Raises:
        ContractBroken: a required field is missing or of another type, or the answer is no object.

    """
    return parse(
        model, _collect(WIRE_NAMES["event" if noun == "session" else noun], model, answer, operation), operation
    )


def parse(model: type[Model], values: Any, operation: str) -> Model:
    """The model of values already in product terms; see `from_wire` for the errors."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ContractBroken(operation, f"the answer is not a {model.__name__.lower()}: {faults}", values) from error


def _collect(names: Mapping[str, str], model: type[BaseModel], answer: Any, operation: str) -> dict[str, Any]:
    if not isinstance(answer, Mapping):
        raise ContractBroken(operation, f"expected an object, got {type(answer).__name__}", answer)
    found = {field: _dig(answer, names.get(field, field)) for field in model.model_fields}
    return {field: value for field, value in found.items() if value is not None}


def product_content(noun: str, answer: Any, operation: str) -> dict[str, Any]:
    """The product fields of a wire object that is not a whole thing (the content of a metric's version)."""
    fields = _collect(WIRE_NAMES[noun], NOUNS[noun].model, answer, operation)
    fields.pop("id", None)
    return fields


def _dig(value: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def named_fields(noun: str, message: str) -> frozenset[str]:
    """The product fields of a noun that an error message names, by their wire name or their own.

    Whole words only. ``event.inputs.0`` names ``inputs``.
    """
    return frozenset(_named(noun, message))


def _named(noun: str, message: str) -> Iterable[str]:
    for field in NOUNS[noun].fields:
        spellings = {field, WIRE_NAMES[noun].get(field, field).rpartition(".")[2]}
        if any(
            re.search(rf"(?<![A-Za-z0-9_]){re.escape(spelling)}(?![A-Za-z0-9_])", message) for spelling in spellings
        ):
            yield field
