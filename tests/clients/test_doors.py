"""Proves that both doors of the client agree with the platform and with each other, on every operation and noun."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from support.checks.matching import EXACTLY_IN_THIS_ORDER, check_fields, check_items, check_value
from support.clients.evaluation_platform.interface import (
    BatchOutcome,
    Condition,
    Created,
    Deleted,
    Door,
    MetricVersion,
    NotOffered,
    Page,
    Refusal,
    Score,
    Updated,
)
from support.clients.evaluation_platform.nouns import noun
from support.clients.evaluation_platform.platform import Platform

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FULL: Mapping[str, Mapping[str, Any]] = {
    "dataset": {
        "name": "Questions 🙂 <b>",
        "description": "Fragen, питання",
        "metadata": {"owner": "Ada", "n": [1, 2.5, None]},
    },
    "datapoint": {
        "inputs": {"question": "Où?", "deep": {"list": [1, True, None]}},
        "ground_truth": {"answer": "ici"},
        "history": [{"role": "user", "content": "bonjour"}],
        "metadata": {"source": "tickets"},
    },
    "configuration": {
        "name": "Support prompt",
        "provider": "openai",
        "model": "gpt-4o",
        "call_type": "chat",
        "template": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "{{question}}"}],
        "hyperparameters": {"temperature": 0.2, "stop": ["END"], "max_tokens": 100},
        "response_format": {"type": "json_object"},
        "functions": [{"id": "f1", "name": "weather", "description": "of a city", "parameters": SCHEMA}],
        "function_choice": "auto",
        "environments": ["dev", "prod"],
        "tags": ["support", "v2"],
        "user_properties": {"team": "harbour"},
    },
    "tool": {"name": "weather", "description": "of a city", "type": "function", "parameters": SCHEMA},
    "metric": {
        "name": "length",
        "type": "PYTHON",
        "criteria": "def length(event):\n    return float(len(event['outputs']['answer']))\n",
        "description": "how long the answer is",
        "return_type": "float",
        "enabled": False,
        "needs_ground_truth": False,
        "sampling": 50,
        "threshold": {"min": 1, "max": 10},
    },
    "run": {
        "name": "first try",
        "description": "a run",
        "status": "pending",
        "metadata": {"branch": "main"},
        "results": {"kept": 1},
        "configuration": {"model": "gpt-4o"},
    },
    "session": {
        "name": "a visit",
        "source": "tests",
        "inputs": {"q": 1},
        "metadata": {"tenant": "harbour"},
        "user_properties": {"plan": "gold"},
    },
    "event": {
        "type": "tool",
        "name": "lookup",
        "source": "tests",
        "inputs": {"q": 1},
        "outputs": {"a": [1]},
        "metadata": {"tenant": "harbour"},
        "metrics": {"score": 0.5},
        "start_time": 1_700_000_000_000,
        "end_time": 1_700_000_000_250,
        "duration": 250,
    },
}
CHANGES: Mapping[str, Mapping[str, Any]] = {
    "dataset": {"description": "changed"},
    "datapoint": {"ground_truth": {"answer": "changed"}},
    "configuration": {"tags": ["changed"], "model": "gpt-5"},
    "tool": {"description": "changed"},
    "metric": {"description": "changed"},
    "run": {"status": "completed", "results": {"kept": 2}},
    "session": {"outputs": {"said": "changed"}},
    "event": {"outputs": {"more": "changed"}},
}
BY_THE_PLATFORM = (
    "created_at",
    "updated_at",
    "project",
    "start_time",
    "end_time",
    "session",
    "type",
    "parent",
    "children",
)
WRITERS = ("main", "second")


def door_of(platform: Platform, name: str) -> Door:
    return platform.main if name == "main" else platform.second


def created(outcome: Created | Refusal) -> str:
    assert isinstance(outcome, Created), outcome
    return outcome.id


def read(door: Door, kind: str, thing_id: str) -> dict[str, Any]:
    thing = door.of(kind).get(thing_id)
    assert not isinstance(thing, Refusal), thing
    return dict(thing.fields)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("kind", FULL)
def test_what_one_door_writes_both_read(platform: Platform, kind: str, writer: str) -> None:
    door = door_of(platform, writer)
    thing_id = created(door.of(kind).create(FULL[kind]))
    read_by_main, read_by_second = (read(one, kind, thing_id) for one in (platform.main, platform.second))
    check_fields(f"{kind} read by the second door", read_by_second, FULL[kind], exactly=False)
    check_fields(
        f"{kind} read by the SDK's door",
        read_by_main,
        {field: value for field, value in read_by_second.items() if field != "updated_at"},
        exactly=False,
    )


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("kind", FULL)
def test_a_change_is_read_by_the_other_door(platform: Platform, kind: str, writer: str) -> None:
    door = door_of(platform, writer)
    thing_id = created(door.of(kind).create(FULL[kind]))
    before = read(platform.second, kind, thing_id)
    outcome = door.of(kind).update(thing_id, CHANGES[kind])
    assert isinstance(outcome, Updated), outcome
    assert outcome.confirmed
    after = read(platform.other_door(door), kind, thing_id)
    merged = {**FULL[kind], **CHANGES[kind]}
    if kind in ("event", "session"):  # objects of events are merged, not replaced
        merged["outputs"] = {**FULL[kind].get("outputs", {}), **CHANGES[kind]["outputs"]}
    check_fields(f"{kind} after the change", after, merged, exactly=False)
    untouched = {name: value for name, value in before.items() if name not in (*CHANGES[kind], "updated_at")}
    check_fields(f"the rest of the {kind}", after, untouched, exactly=False, ignoring=("updated_at",))


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("kind", [kind for kind in FULL if "delete" in noun(kind).verbs])
def test_what_is_deleted_is_gone_for_both(platform: Platform, kind: str, writer: str) -> None:
    door = door_of(platform, writer)
    thing_id = created(door.of(kind).create(FULL[kind]))
    assert door.of(kind).delete(thing_id) == Deleted(id=thing_id)
    for one in (platform.main, platform.second):
        gone = one.of(kind).get(thing_id)
        assert isinstance(gone, Refusal), gone
        assert gone.reason == "not found"
    again = door.of(kind).delete(thing_id)
    assert isinstance(again, Refusal), again
    assert again.reason == "not found"


@pytest.mark.parametrize("kind", FULL)
def test_both_doors_list_the_same_newest_first(platform: Platform, kind: str) -> None:
    fields = [{**FULL[kind], **({"name": f"number {number}"} if noun(kind).named else {})} for number in range(3)]
    ids = [created(platform.main.of(kind).create(each)) for each in fields]
    for door in (platform.main, platform.second):
        page = door.of(kind).list()
        assert isinstance(page, Page), page
        listed = [thing.id for thing in page.items if thing.id in ids]
        check_items(f"{kind} ids by {door.name}", listed, ids[::-1], EXACTLY_IN_THIS_ORDER)


@pytest.mark.parametrize(
    ("kind", "filters", "change"),
    [
        ("dataset", {"name": "alone"}, {"name": "alone"}),
        ("configuration", {"name": "alone"}, {"name": "alone"}),
        ("configuration", {"environment": "staging"}, {"name": "other", "environments": ["staging"]}),
        ("configuration", {"tags": "rare"}, {"name": "other", "tags": ["rare", "x"]}),
        ("tool", {"name": "alone"}, {"name": "alone"}),
        ("tool", {"type": "tool"}, {"name": "other", "type": "tool"}),
        ("metric", {"type": "HUMAN"}, {"name": "other", "type": "HUMAN", "criteria": "Is it kind?"}),
        ("run", {"status": "failed"}, {"name": "other", "status": "failed"}),
        ("run", {"name": "lon"}, {"name": "alone"}),
        ("session", {"name": "alone"}, {"name": "alone"}),
        ("event", {"name": "alone", "type": "tool"}, {"name": "alone"}),
        ("event", {"metadata.tenant": "northwind"}, {"metadata": {"tenant": "northwind"}}),
        ("event", {"type": "model"}, {"type": "model"}),
    ],
)
def test_both_doors_find_by_the_same_filters(
    platform: Platform, kind: str, filters: dict[str, Any], change: dict[str, Any]
) -> None:
    created(platform.second.of(kind).create(FULL[kind]))
    wanted = created(platform.second.of(kind).create({**FULL[kind], **change}))
    for door in (platform.main, platform.second):
        page = door.of(kind).list(**filters)
        assert isinstance(page, Page), page
        assert [thing.id for thing in page.items] == [wanted], door.name


@pytest.mark.parametrize("kind", ["dataset", "configuration", "run", "session"])
def test_pages_neither_repeat_nor_lose(platform: Platform, kind: str) -> None:
    ids = [created(platform.main.of(kind).create({**FULL[kind], "name": f"number {n}"})) for n in range(5)]
    for door in (platform.main, platform.second):
        pages = [door.of(kind).list(limit=2, page=number) for number in (1, 2, 3)]
        assert all(isinstance(page, Page) for page in pages), pages
        found = [[thing.id for thing in page.items] for page in pages if isinstance(page, Page)]
        assert [len(page) for page in found] == [2, 2, 1]
        assert [one for page in found for one in page] == ids[::-1]


@pytest.mark.parametrize("kind", FULL)
def test_both_doors_are_refused_alike(platform: Platform, kind: str) -> None:
    unknown = str(uuid.uuid4())
    for verb in ("get", "delete"):
        if verb not in noun(kind).verbs:
            continue
        answers = [getattr(door.of(kind), verb)(unknown) for door in (platform.main, platform.second)]
        assert all(isinstance(answer, Refusal) and answer.reason == "not found" for answer in answers), answers
    for holder, reason in ((platform.keyless, "unauthorised"), (platform.unknown_key, "unauthorised")):
        for door in (holder.main, holder.second):
            answer = door.of(kind).create(FULL[kind])
            assert isinstance(answer, Refusal), answer
            assert (answer.status, answer.reason) == (401, reason)


@pytest.mark.parametrize("kind", FULL)
def test_the_foreign_project_sees_nothing(platform: Platform, kind: str) -> None:
    thing_id = created(platform.main.of(kind).create(FULL[kind]))
    for door in (platform.foreign.main, platform.foreign.second):
        answer = door.of(kind).get(thing_id)
        assert isinstance(answer, Refusal), answer
        assert answer.reason == "not found"


@pytest.mark.parametrize("kind", FULL)
@pytest.mark.parametrize("how", ["broken JSON", "a list", "a text", "a number", "nothing at all", "another media type"])
def test_malformed_requests_are_refused(platform: Platform, kind: str, how: Any) -> None:
    answer = platform.main.of(kind).create_malformed(how)
    assert isinstance(answer, Refusal), answer
    assert answer.status == (415 if how == "another media type" else 400), answer


@pytest.mark.parametrize("kind", FULL)
@pytest.mark.parametrize("writer", WRITERS)
def test_wrong_fields_reach_the_platform_and_are_named(platform: Platform, kind: str, writer: str) -> None:
    wrong: dict[str, Any] = {"inputs": 5} if kind in ("datapoint", "event", "session") else {"name": ["a list"]}
    answer = door_of(platform, writer).of(kind).create({**FULL[kind], **wrong})
    assert isinstance(answer, Refusal), answer
    assert answer.reason == "invalid"
    assert set(wrong) <= answer.fields
    unknown = door_of(platform, writer).of(kind).create({**FULL[kind], "no_such_field": 1})
    assert isinstance(unknown, Refusal), unknown
    assert "no_such_field" in unknown.message


def test_rows_are_added_and_datapoints_taken_out(platform: Platform) -> None:
    for door in (platform.main, platform.second):
        dataset = created(door.datasets.create({"name": f"rows by {door.name}"}))
        rows = [
            {"q": f"question {n}", "a": "yes", "talk": [{"role": "user", "content": "hi"}], "from": "web"}
            for n in range(3)
        ]
        outcome = door.datasets.add_rows(dataset, rows, inputs=["q"], ground_truth=["a"], history=["talk"])
        assert isinstance(outcome, BatchOutcome), outcome
        assert outcome.rows == outcome.ids
        other = platform.other_door(door)
        first = read(other, "datapoint", outcome.ids[0])
        expected = {
            "inputs": {"q": "question 0"},
            "ground_truth": {"a": "yes"},
            "history": [{"role": "user", "content": "hi"}],
            "metadata": {"from": "web"},
            "linked_datasets": [dataset],
        }
        check_fields("first row", first, expected, ignoring=BY_THE_PLATFORM)
        check_items("members", read(other, "dataset", dataset)["datapoints"], outcome.ids)
        listed = other.datapoints.list(dataset=f"rows by {door.name}")
        assert isinstance(listed, Page)
        check_items("listed by dataset", [thing.id for thing in listed.items], outcome.ids)
        assert door.datasets.remove_datapoint(dataset, outcome.ids[1]) == Deleted(id=outcome.ids[1])
        check_items("left", read(other, "dataset", dataset)["datapoints"], [outcome.ids[0], outcome.ids[2]])
        by_id = other.datapoints.list(ids=[outcome.ids[1]])
        assert isinstance(by_id, Page)
        assert [thing.id for thing in by_id.items] == [outcome.ids[1]]


def test_a_batch_tells_what_became_of_each_row(platform: Platform) -> None:
    for door in (platform.main, platform.second):
        outcome = door.datapoints.create_many([{"inputs": {"n": 0}}, {"inputs": "no object"}, {"inputs": {"n": 2}}])
        assert isinstance(outcome, BatchOutcome), outcome
        assert list(outcome.refused) == [1]
        assert [row is None for row in outcome.rows] == [False, True, False]
        assert read(door, "datapoint", str(outcome.rows[2]))["inputs"] == {"n": 2}


def test_a_batch_of_events_tells_what_became_of_each(platform: Platform) -> None:
    for door in (platform.main, platform.second):
        session = created(door.sessions.create({"name": "batch"}))
        events = [{"type": "tool", "name": f"step {n}", "inputs": {}, "session": session} for n in range(2)]
        outcome = door.events.create_many(
            [events[0], {"type": "nonsense", "inputs": {}, "session": session}, events[1]]
        )
        assert isinstance(outcome, BatchOutcome), outcome
        assert list(outcome.refused) == [1]
        found = platform.other_door(door).events.list(session=session, type="tool")
        assert isinstance(found, Page)
        check_items("stored events", [event.id for event in found.items], outcome.ids)


def test_searches_take_every_kind_of_condition(platform: Platform) -> None:
    session = created(platform.main.sessions.create({"name": "search"}))
    for number in range(3):
        platform.main.events.create(
            {**FULL["event"], "session": session, "name": f"n{number}", "metrics": {"score": number}}
        )
    conditions = [
        Condition(field="session", operator="is", value=session),
        Condition(field="metrics.score", operator="greater than", value=0, type="number"),
    ]
    for door in (platform.main, platform.second):
        page = door.events.search(conditions, since="2023-11-14T00:00:00Z", until="2023-11-15T00:00:00Z", limit=1)
        assert isinstance(page, Page), page
        assert (len(page.items), page.total) == (1, 2)
        wrong = door.events.search([Condition(field="name", operator="resembles", value="x")])
        assert isinstance(wrong, Refusal), wrong
        assert wrong.reason == "invalid"


def test_metrics_are_computed_and_versioned(platform: Platform) -> None:
    event = {"type": "model", "inputs": {}, "outputs": {"answer": "four"}}
    for door in (platform.main, platform.second):
        assert door.metrics.compute(FULL["metric"], event) == Score(value=4.0, explanation=None)
        metric = created(door.metrics.create({**FULL["metric"], "name": f"length by {door.name}"}))
        content = {**FULL["metric"], "name": f"length by {door.name}", "criteria": "8.0"}
        version = door.metrics.add_version(metric, "count twice", content)
        assert isinstance(version, MetricVersion), version
        assert not version.deployed
        deployed = door.metrics.deploy(metric, version.name)
        assert isinstance(deployed, MetricVersion), deployed
        assert deployed.deployed
        versions = platform.other_door(door).metrics.versions(metric)
        assert isinstance(versions, tuple), versions
        assert [each.name for each in versions if each.deployed] == [version.name]
        assert version.content["criteria"] == "8.0"


def test_projects_are_the_administrators(platform: Platform) -> None:
    admin = platform.admin.main
    name = f"project-{uuid.uuid4().hex}"
    made = admin.projects.create({"name": name, "description": "new"})
    assert isinstance(made, Created), made
    assert made.key
    assert made.key not in repr(made)
    assert admin.projects.update(made.id, {"description": "changed"}) == Updated(id=made.id)
    theirs = platform.as_holder_of(made.key)
    seen = theirs.second.projects.list()
    assert isinstance(seen, Page)
    assert [(project.id, project.description) for project in seen.items] == [(made.id, "changed")]
    hidden = platform.second.projects.get(made.id)
    assert isinstance(hidden, Refusal)
    with pytest.raises(NotOffered):
        admin.projects.delete(made.id)


def test_runs_are_summed_up_and_compared_alike(platform: Platform) -> None:
    dataset = created(platform.main.datasets.create({"name": "cases"}))
    rows = platform.main.datasets.add_rows(dataset, [{"q": n} for n in range(3)], inputs=["q"])
    assert isinstance(rows, BatchOutcome)
    runs = [_run_of(platform, dataset, rows.ids, scores) for scores in ([0.2, 0.5, 0.8], [0.4, 0.5, 0.6])]
    results = [door.runs.result(runs[0]) for door in (platform.main, platform.second)]
    assert not isinstance(results[0], Refusal), results[0]
    check_value("both doors", *results)
    [scores] = [metric for metric in results[0].metrics if metric.name == "score"]
    assert scores.aggregate == pytest.approx(0.5)
    comparisons = [door.runs.compare(runs[1], runs[0]) for door in (platform.main, platform.second)]
    assert not isinstance(comparisons[0], Refusal), comparisons[0]
    check_value("both doors", *comparisons)
    [compared] = [metric for metric in comparisons[0].metrics if metric.name == "score"]
    assert (compared.improved, compared.same, compared.degraded) == ((rows.ids[0],), (rows.ids[1],), (rows.ids[2],))
    assert set(comparisons[0].common) == set(rows.ids)
    pairs = [door.runs.compare_events(runs[1], runs[0]) for door in (platform.main, platform.second)]
    assert isinstance(pairs[0], Page), pairs[0]
    assert isinstance(pairs[1], Page), pairs[1]
    assert {pair.datapoint for pair in pairs[0].items} == set(rows.ids)


def _run_of(platform: Platform, dataset: str, datapoints: tuple[str, ...], scores: list[float]) -> str:
    run = created(platform.main.runs.create({"name": "run", "dataset": dataset, "status": "running"}))
    sessions = []
    for datapoint, score in zip(datapoints, scores, strict=True):
        metadata = {"run_id": run, "datapoint_id": datapoint}
        session = created(platform.main.sessions.create({"name": "case", "metadata": metadata}))
        platform.main.events.update(session, {"metrics": {"score": score}})
        sessions.append(session)
    assert isinstance(platform.second.runs.update(run, {"status": "completed", "sessions": sessions}), Updated)
    return run
