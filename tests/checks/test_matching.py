"""Proves that the checks accept what is equal on the wire, refuse everything else, and say where it differs."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.checks.differences import differences, nearest
from support.checks.matching import (
    AT_LEAST,
    EXACTLY,
    EXACTLY_IN_THIS_ORDER,
    Mode,
    check_fields,
    check_items,
    check_none_of,
    check_number,
    check_pages,
    check_text,
    check_value,
)

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
json_values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def fails(check: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(AssertionError) as failure:
        check(*arguments, **named)
    return str(failure.value)


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        ("exactly", EXACTLY),
        ("exactly, in this order", EXACTLY_IN_THIS_ORDER),
        ("in this order and no others", EXACTLY_IN_THIS_ORDER),
        ("in any order, and no others", EXACTLY),
        ("at least", AT_LEAST),
        ("at least, in this order", Mode(ordered=True, others=True)),
    ],
)
def test_modes_are_words(words: str, mode: Mode) -> None:
    assert Mode.of(words) == mode


@pytest.mark.parametrize("words", ["", "in this order", "exactly, at least", "exactly in this order in any order"])
def test_words_that_say_no_mode_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match="is no comparison"):
        Mode.of(words)


@given(json_values)
def test_a_value_equals_its_own_round_trip(value: Any) -> None:
    check_value("round trip", json.loads(json.dumps(value)), value)


@given(json_values, json_values)
def test_values_agree_exactly_when_their_json_does(one: Any, other: Any) -> None:
    def canonical(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: canonical(item) for name, item in value.items()}
        if isinstance(value, list):
            return [canonical(item) for item in value]
        return ("bool", value) if isinstance(value, bool) else value

    assert (differences(one, other) == []) == (canonical(one) == canonical(other))


@pytest.mark.parametrize(
    ("expected", "actual"), [(1, True), (0, False), (1, "1"), ("", None), ("é", "e\u0301"), ([], {})]
)
def test_what_is_not_the_same_on_the_wire_differs(expected: Any, actual: Any) -> None:
    assert "expected" in fails(check_value, "value", actual, expected)


def test_whole_numbers_are_numbers_with_or_without_a_point() -> None:
    check_value("number", {"a": [1.0]}, {"a": [1]})
    check_items("numbers", [1.0, {"a": 2}], [{"a": 2.0}, 1])


def test_a_difference_is_named_by_its_path() -> None:
    message = fails(check_value, "thing", {"a": {"b": [1, 2]}, "x": 1}, {"a": {"b": [1, 3]}, "y": 2})
    assert "a.b[1]: expected 3, got 2" in message
    assert "y: missing, expected 2" in message
    assert "x: not expected, got 1" in message
    assert message.startswith("thing\n  expected: ")


def test_long_texts_show_where_they_part() -> None:
    message = fails(check_value, "text", "a" * 900 + "b", "a" * 900 + "c")
    assert "differ from character 900" in message
    assert len(message) < 1500


def test_fields_not_expected_must_be_empty_only_when_exact() -> None:
    thing: dict[str, Any] = {"id": "7", "name": "n", "description": None, "tags": [], "note": "kept"}
    check_fields("thing", thing, {"name": "n"}, exactly=False)
    check_fields("thing", thing, {"name": "n", "note": "kept"}, ignoring=["id"])
    assert 'note: not expected, got "kept"' in fails(check_fields, "thing", thing, {"name": "n"}, ignoring=["id"])
    assert "size: missing" in fails(check_fields, "thing", thing, {"size": 1}, exactly=False)
    assert "not expected, got false" in fails(check_fields, "thing", {"on": False}, {})


@given(st.lists(json_values), st.randoms())
def test_any_order_takes_every_order(items: list[Any], chance: random.Random) -> None:
    shuffled = list(items)
    chance.shuffle(shuffled)
    check_items("items", shuffled, items)
    check_items("items", [*shuffled, "another"], items, AT_LEAST)


@given(st.lists(json_values, min_size=1), st.data())
def test_a_lost_or_doubled_item_is_noticed(items: list[Any], data: st.DataObject) -> None:
    victim = data.draw(st.integers(0, len(items) - 1))
    rest = items[:victim] + items[victim + 1 :]
    assert "missing" in fails(check_items, "items", rest, items)
    assert "missing" in fails(check_items, "items", rest, items, AT_LEAST)
    assert "not expected" in fails(check_items, "items", [*items, items[victim]], items)


@given(st.lists(st.integers(), min_size=2, unique=True))
def test_this_order_refuses_another_order(items: list[int]) -> None:
    check_items("items", items, items, EXACTLY_IN_THIS_ORDER)
    assert "out of order" in fails(check_items, "items", items[1:] + items[:1], items, EXACTLY_IN_THIS_ORDER)


def test_others_between_do_not_break_the_order_when_allowed() -> None:
    check_items("calls", ["search", "log", "summary"], ["search", "summary"], Mode.of("at least, in this order"))
    message = fails(check_items, "calls", ["summary", "log", "search"], ["search", "summary"], Mode(True, True))
    assert "should come after" in message


def test_a_missing_item_comes_with_its_nearest_candidate() -> None:
    message = fails(
        check_items, "datasets", [{"name": "Questions, old"}, {"name": "zzz"}], [{"name": "Questions, new"}]
    )
    assert 'missing: {"name": "Questions, new"}' in message
    assert 'nearest: {"name": "Questions, old"}' in message
    assert 'not expected: {"name": "zzz"}' in message


def test_nothing_is_near_to_something_wholly_different() -> None:
    assert nearest("Ada", ["9999", "####"]) is None
    assert nearest("Ada Lovelace", ["Ada Lovelac", "Grace"]) == "Ada Lovelac"


def test_forbidden_items_are_named() -> None:
    check_none_of("ids", ["a", "b"], ["c"])
    assert 'must not be there: "b"' in fails(check_none_of, "ids", ["a", "b"], ["b", "c"])


def test_pages_neither_repeat_nor_lose() -> None:
    check_pages("pages", [[1, 2], [3]], [1, 2, 3], [2, 1])
    assert "sizes" in fails(check_pages, "pages", [[1, 2, 3]], [1, 2, 3], [2, 1])
    assert "not expected: 2" in fails(check_pages, "pages", [[1, 2], [2]], [1, 2, 3], [2, 1])


def test_texts_hold_and_lack_words() -> None:
    check_text("message", "Name: is blank", holds=["name"], lacks=["secret"])
    assert "lacks 'provider'" in fails(check_text, "message", "name: is blank", holds=["provider"])
    assert "holds 'blank'" in fails(check_text, "message", "name: is Blank", lacks=["blank"])


@pytest.mark.parametrize("actual", [True, "0.5", None, 0.51, float("nan")])
def test_a_number_is_a_number_and_near(actual: Any) -> None:
    check_number("score", 0.5000000001, 0.5)
    assert "expected 0.5" in fails(check_number, "score", actual, 0.5)
