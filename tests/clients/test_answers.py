"""Proves that an answer which is not what the contract says is a broken promise, never half a thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from support.clients.evaluation_platform.carrying import Call
from support.clients.evaluation_platform.interface import (
    BatchOutcome,
    ContractBroken,
    Dataset,
    Deleted,
    Refusal,
    Updated,
)
from support.clients.evaluation_platform.material import (
    ConfigurationsOverCarrier,
    DatapointsOverCarrier,
    DatasetsOverCarrier,
)
from support.clients.evaluation_platform.nouns import NOUNS
from support.clients.evaluation_platform.plain import bracketed, read
from support.clients.evaluation_platform.things import batch_outcome
from support.clients.evaluation_platform.translation import from_wire, named_fields, to_wire

WIRE_DATASET = {"id": "7", "name": "n", "description": None, "datapoints": ["a"], "tenant": "not ours to know"}


class Scripted:
    """A carrier that answers from a script, by operation."""

    name = "script"
    carried_by = "script"

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.calls: list[Call] = []

    def send(self, call: Call) -> Any:
        self.calls.append(call)
        return self.answers[call.operation]

    def send_bytes(self, operation: str, body: bytes, media_type: str) -> tuple[int, str]:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        (httpx.Response(200, content=b""), "an empty body"),
        (httpx.Response(200, content=b"null"), "an empty body"),
        (httpx.Response(200, content=b'{"half": '), "not JSON"),
        (httpx.Response(204), "status 204"),
        (httpx.Response(302, headers={"Location": "/"}), "status 302"),
    ],
)
def test_a_success_must_have_a_body(response: httpx.Response, fault: str) -> None:
    with pytest.raises(ContractBroken, match=fault):
        read("datasets.get", response)


def test_a_refusal_need_not() -> None:
    assert read("datasets.get", httpx.Response(503)) == Refusal(status=503, reason="server error", message="")
    body = {"statusCode": 409, "message": "name: taken", "success": False, "errorCode": "CONFLICT"}
    told = read("datasets.create", httpx.Response(409, json=body))
    assert told == Refusal(status=409, reason="conflict", message="name: taken", code="CONFLICT")


def test_a_thing_is_read_strictly() -> None:
    assert from_wire("dataset", Dataset, WIRE_DATASET, "x") == Dataset(id="7", name="n", datapoints=("a",))
    for wrong in ({"id": 7}, {"name": None}, {"description": 5}, {"datapoints": "a"}, {"datapoints": [1]}):
        with pytest.raises(ContractBroken, match=next(iter(wrong))):
            from_wire("dataset", Dataset, {**WIRE_DATASET, **wrong}, "x")
    others: tuple[Any, ...] = ([], "text", None, 5, False)
    for no_object in others:
        with pytest.raises(ContractBroken, match="expected an object"):
            from_wire("dataset", Dataset, no_object, "x")


def test_the_thing_answered_must_be_the_thing_asked_for() -> None:
    things = DatasetsOverCarrier(Scripted({"datasets.get": {"datasets": [WIRE_DATASET]}}))
    assert isinstance(things.get("7"), Dataset)
    with pytest.raises(ContractBroken, match="asked for 8, answered 7"):
        things.get("8")
    with pytest.raises(ContractBroken, match="answered 2 things"):
        DatasetsOverCarrier(Scripted({"datasets.get": {"datasets": [WIRE_DATASET] * 2}})).get("7")
    nothing = DatasetsOverCarrier(Scripted({"datasets.get": {"datasets": []}})).get("7")
    assert isinstance(nothing, Refusal)
    assert nothing.reason == "not found"


@pytest.mark.parametrize("answer", [False, {"result": False}, {"result": {}}, {}, []])
def test_a_deletion_that_answers_something_else_is_a_broken_promise(answer: Any) -> None:
    with pytest.raises(ContractBroken):
        DatasetsOverCarrier(Scripted({"datasets.delete": answer})).delete("7")


def test_a_success_that_says_nothing_was_done_is_not_confirmed() -> None:
    deletes = DatapointsOverCarrier(Scripted({"datapoints.delete": {"deleted": False}}))
    assert deletes.delete("7") == Deleted(id="7", confirmed=False)
    gone = {"acknowledged": True, "deletedCount": 0}
    assert ConfigurationsOverCarrier(Scripted({"configurations.delete": gone})).delete("7") == Deleted(
        id="7", confirmed=False
    )


def test_a_change_of_a_configuration_takes_along_what_must_be_sent() -> None:
    stored = {
        "id": "7",
        "name": "n",
        "provider": "p",
        "parameters": {"call_type": "chat", "model": "m", "template": None},
    }
    done = {"acknowledged": True, "matchedCount": 1}
    carrier = Scripted({"configurations.list": {"configurations": [stored]}, "configurations.update": done})
    assert ConfigurationsOverCarrier(carrier).update("7", {"model": "other"}) == Updated(id="7")
    assert carrier.calls[-1].body == {"name": "n", "parameters": {"call_type": "chat", "model": "other"}}
    ConfigurationsOverCarrier(carrier).update("unknown", {"tags": ["t"]})
    assert carrier.calls[-1].body == {"tags": ["t"]}


def test_a_batch_gives_each_row_its_fate() -> None:
    errors = [{"index": 1, "field": "inputs", "message": "must be an object"}]
    outcome = batch_outcome({"ids": ["a", "b"], "errors": errors}, "ids", "x")
    assert outcome == BatchOutcome(ids=("a", "b"), refused={1: "inputs: must be an object"})
    assert outcome.rows == ("a", None, "b")
    with pytest.raises(ContractBroken, match="index"):
        batch_outcome({"ids": [], "errors": [{"message": "somewhere"}]}, "ids", "x")


@pytest.mark.parametrize(
    ("noun", "message", "fields"),
    [
        ("dataset", "name: must not be blank", {"name"}),
        ("configuration", "parameters.call_type: input should be 'chat' or 'completion'", {"call_type"}),
        ("configuration", "env.0: unknown", {"environments"}),
        ("metric", "sampling_percentage: must be at most 100", {"sampling"}),
        ("event", "event.event_type: unknown; event.inputs: required", {"type", "inputs"}),
        ("dataset", "renamed: unknown field", set()),
    ],
)
def test_fields_are_recognised_in_messages_by_their_wire_names(noun: str, message: str, fields: set[str]) -> None:
    assert named_fields(noun, message) == fields


def test_fields_nobody_knows_are_sent_as_they_are() -> None:
    assert to_wire("configuration", {"model": 5, "colour": "red"}) == {"parameters": {"model": 5}, "colour": "red"}


def test_lists_in_queries_are_bracketed() -> None:
    query = {"ids": ["a", "b"], "on": True, "limit": 1}
    assert bracketed(query) == [("ids[]", "a"), ("ids[]", "b"), ("on", "true"), ("limit", "1")]


@pytest.mark.parametrize("noun", NOUNS.values(), ids=lambda noun: noun.key)
def test_the_smallest_thing_holds_what_is_required(noun: Any) -> None:
    assert set(noun.required) <= {*noun.smallest, "name"}
    assert set(noun.smallest) <= set(noun.fields)
