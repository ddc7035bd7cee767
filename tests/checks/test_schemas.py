"""Proves that the arguments of a tool, told in words, are the JSON Schema that a model is given."""

from typing import Any

import jsonschema
import pytest

from support.checks.schemas import put_argument


def schema(**arguments: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, words in arguments.items():
        put_argument(made, name.split("__"), words)
    jsonschema.Draft202012Validator.check_schema(made)
    return made


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("text", {"type": "string"}),
        ("number", {"type": "number"}),
        ("whole number", {"type": "integer"}),
        ("yes or no", {"type": "boolean"}),
        ("one of open, closed", {"type": "string", "enum": ["open", "closed"]}),
        ("list of texts", {"type": "array", "items": {"type": "string"}}),
        ("list of whole numbers", {"type": "array", "items": {"type": "integer"}}),
        ('text "as printed"', {"type": "string", "description": "as printed"}),
    ],
)
def test_an_argument_in_words(words: str, kind: dict[str, Any]) -> None:
    assert schema(number=words) == {"type": "object", "properties": {"number": kind}}


def test_what_is_required_is_listed() -> None:
    assert schema(number="required text", limit="number", since="required text")["required"] == ["number", "since"]


def test_an_inner_argument_belongs_to_an_object() -> None:
    inner = schema(customer__mail="required text")["properties"]["customer"]
    assert inner == {"type": "object", "properties": {"mail": {"type": "string"}}, "required": ["mail"]}


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'colour' is no kind of argument; known: text"):
        schema(number="colour")
