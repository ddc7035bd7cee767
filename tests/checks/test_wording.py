"""Proves that labels become ids and names bear their marks on the way out, and the other way round on the way back."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from support.checks import wording
from support.clients.evaluation_platform.interface import Dataset, Event, Metric
from support.world import World


@pytest.fixture
def world() -> World:
    made = World(cast("Any", None), "mark-1")
    made.remember("dataset", "cases", "id-1")
    made.remember("datapoint", "late", "id-2")
    made.remember("session", "chat", "id-3")
    return made


def sent(world: World, *pairs: tuple[str, str]) -> dict[str, Any]:
    return wording.sent(world, wording.description(pairs))


def test_names_are_sent_with_the_mark(world: World) -> None:
    assert sent(world, ("name", "cases"), ("description", "cases")) == {
        "name": "cases [mark-1]",
        "description": "cases",
    }


def test_labels_are_sent_as_ids(world: World) -> None:
    assert sent(world, ("datapoints", "late"), ("session", "chat"), ("parent", "chat")) == {
        "datapoints": ["id-2"],
        "session": "id-3",
        "parent": "id-3",
    }


def test_what_was_never_made_is_sent_as_an_unknown_id(world: World) -> None:
    platform = SimpleNamespace(unknown_id=lambda noun: f"no {noun} bears this")
    world.worker = cast("Any", SimpleNamespace(platform=platform))
    assert sent(world, ("dataset", "never made")) == {"dataset": "no dataset bears this"}


def test_a_label_that_no_step_made_is_a_mistake_of_the_scenario(world: World) -> None:
    with pytest.raises(LookupError, match='no step has made the dataset "other"'):
        sent(world, ("dataset", "other"))


def test_what_is_left_out_is_not_sent(world: World) -> None:
    assert sent(world, ("name", "(left out)"), ("description", "(nothing)")) == {"description": None}


def test_a_described_name_has_its_length_with_the_mark(world: World) -> None:
    name = sent(world, ("name", "(200 characters)"))["name"]
    assert len(name) == 200
    assert name.endswith("[mark-1]")


def test_a_wrong_kind_of_reference_is_sent_as_it_is(world: World) -> None:
    assert sent(world, ("datapoints", "(a text)")) == {"datapoints": "a text"}


def test_messages_keep_their_order(world: World) -> None:
    assert sent(world, ("history: user", "a"), ("history: assistant", "b"), ("history: user", "c"))["history"] == [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
        {"role": "user", "content": "c"},
    ]


def test_a_thing_is_told_in_the_scenarios_words(world: World) -> None:
    dataset = Dataset(id="id-1", name="cases [mark-1]", datapoints=("id-2", "id-9"), description="")
    assert wording.told(world, dataset) == {"name": "cases", "datapoints": ["late", "id-9"]}


def test_metrics_of_an_event_are_told_without_the_mark(world: World) -> None:
    event = Event(id="e", session="id-3", type="model", name="x", metrics={"words [mark-1]": 0, "other": False})
    assert wording.told(world, event)["metrics"] == {"words": 0, "other": False}
    assert wording.told(world, event)["session"] == "chat"


def test_what_nobody_mentions_is_expected_as_in_the_smallest_thing(world: World) -> None:
    expected = wording.whole(world, "configuration", "prompt", {"model": "other"})
    assert (expected["name"], expected["model"], expected["provider"]) == ("prompt", "other", "openai")


def test_things_of_other_people_are_not_ours(world: World) -> None:
    things = [
        Metric(id="a", name="words [mark-1]", type="PYTHON", criteria="1"),
        Metric(id="b", name="words [mark-2]", type="PYTHON", criteria="1"),
    ]
    assert [thing.id for thing in wording.ours(world, "metric", things)] == ["a"]
