"""Proves that examples, prompts, experiments and projects are said to Phoenix, and read back alike by both interfaces.

The answers are Phoenix's own, of version 20.26.1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from support.clients.evaluation_platform.adapters.phoenix.datapoints import WORDS, GraphDatapoints, RestDatapoints
from support.clients.evaluation_platform.adapters.phoenix.datasets import GraphDatasets, RestDatasets
from support.clients.evaluation_platform.adapters.phoenix.experiments import GraphRuns, RestRuns
from support.clients.evaluation_platform.adapters.phoenix.pages import page_of
from support.clients.evaluation_platform.adapters.phoenix.projects import GraphProjects, RestProjects
from support.clients.evaluation_platform.adapters.phoenix.prompts import (
    GraphConfigurations,
    RestConfigurations,
    read,
    spelt,
)
from support.clients.evaluation_platform.adapters.phoenix.wire import Key, Wire
from support.clients.evaluation_platform.foreign import naming
from support.clients.evaluation_platform.interface import (
    BatchOutcome,
    Configuration,
    ContractBroken,
    Created,
    Dataset,
    NotOffered,
    Page,
    Refusal,
    Updated,
)

DATASET, EXAMPLE, PROMPT, EXPERIMENT = "RGF0YXNldDox", "RGF0YXNldEV4YW1wbGU6MQ==", "UHJvbXB0OjE=", "RXhwZXJpbWVudDox"
AT = "2026-11-29T11:07:57+00:00"
HELD = {"input": {"q": 1}, "output": {"a": "x"}, "metadata": {}}
EXAMPLES = {
    "data": {
        "dataset_id": DATASET,
        "version_id": "RGF0YXNldFZlcnNpb246Mg==",
        "filtered_splits": [],
        "examples": [{"id": "chosen", "node_id": EXAMPLE, **HELD, "updated_at": AT, "source": None}],
    }
}
DATASETS = {"data": [{"id": DATASET, "name": "questions", "example_count": 1}], "next_cursor": None}
SCHEMA = {"type": "object", "properties": {"n": {"type": "string"}}}
VERSION = {
    "description": "",
    "metadata": {"reviewer": "Grace"},
    "model_provider": "ANTHROPIC",
    "model_name": "claude",
    "template": {"type": "chat", "messages": [{"role": "system", "content": "Be kind."}]},
    "template_type": "CHAT",
    "template_format": "MUSTACHE",
    "invocation_parameters": {
        "type": "anthropic",
        "anthropic": {"max_tokens": 400, "temperature": 0.35, "stop_sequences": ["END"]},
    },
    "tools": {
        "type": "tools",
        "tools": [{"type": "function", "function": {"name": "find", "parameters": SCHEMA}}],
        "tool_choice": {"type": "zero_or_more"},
    },
    "id": "UHJvbXB0VmVyc2lvbjoxMjk=",
}
IN_GRAPH = {
    "id": PROMPT,
    "name": "named-_52_efund_20_answer-z",
    "createdAt": AT,
    "version": {
        "modelProvider": "ANTHROPIC",
        "modelName": "claude",
        "templateType": "CHAT",
        "metadata": {"reviewer": "Grace"},
        "createdAt": AT,
        "template": {"messages": [{"role": "SYSTEM", "content": [{"text": {"text": "Be kind."}}]}]},
        "invocationParameters": {
            "temperature": 0.35, "the_max_tokens": 400, "top_p": None, "stop_sequences": ["END"],
        },
        "tools": {
            "tools": [{"function": {"name": "find", "parameters": SCHEMA}}],
            "toolChoice": {"type": "ZERO_OR_MORE"},
        },
        "responseFormat": None,
    },
}  # fmt: skip
SAID = {
    "name": "Refund answer",
    "provider": "anthropic",
    "model": "claude",
    "call_type": "chat",
    "template": [{"role": "system", "content": "Be kind."}],
    "hyperparameters": {"max_tokens": 400, "temperature": 0.35, "stop": ["END"]},
    "functions": [{"id": "find", "name": "find", "parameters": SCHEMA}],
    "function_choice": "auto",
    "user_properties": {"reviewer": "Grace"},
}
PROMPTS = {"data": [{"name": "named-_52_efund_20_answer-z", "id": PROMPT, "metadata": {}}], "next_cursor": None}
IN_REST = {
    "id": EXPERIMENT,
    "dataset_id": DATASET,
    "dataset_version_id": "RGF0YXNldFZlcnNpb246NA==",
    "name": "first",
    "description": None,
    "repetitions": 1,
    "metadata": {"t": 1},
    "project_name": "Experiment-4e3a9cc88ee2db5ed7aa67c4",
    "created_at": AT,
    "updated_at": AT,
    "example_count": 0,
    "successful_run_count": 0,
    "failed_run_count": 0,
    "missing_run_count": 0,
}
RUN: dict[str, Any] = {
    "id": EXPERIMENT, "name": "first", "description": None, "metadata": {"t": 1}, "createdAt": AT, "updatedAt": AT,
    "dataset": {"id": DATASET},
}  # fmt: skip


class Told(list[tuple[str, str, Any]]):
    """What was sent: method, path, and the body, of GraphQL its variables."""


def wire(monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Any]) -> tuple[Wire, Told]:
    """A wire that answers by method and path, GraphQL by the field that is asked for; a number is a status."""
    made, told = Wire("http://127.0.0.1:9", Key("token", "ours")), Told()

    def request(method: str, path: str, **parts: Any) -> httpx.Response:
        body: Any = parts.get("json")
        asked = f"{method} {path}"
        if path == "/graphql":
            asked = next(each for each in answers if not each.startswith(("GET", "P", "D")) and each in body["query"])
            body = body["variables"]
        told.append((method, path, body))
        answer = answers[asked]
        return httpx.Response(answer) if isinstance(answer, int) else httpx.Response(200, json=answer)

    monkeypatch.setattr(made, "_request", request)
    return made, told


def revision(kind: str = "CREATE", **held: Any) -> dict[str, Any]:
    return {
        "id": EXAMPLE,
        "createdAt": AT,
        "dataset": {"id": DATASET},
        "revision": {"revisionKind": kind, **HELD, **held, "createdAt": AT},
    }


def test_a_datapoint_is_appended_to_its_dataset_and_known_by_phoenix_s_own_id(monkeypatch: pytest.MonkeyPatch) -> None:
    uploaded = {"data": {"dataset_id": DATASET, "version_id": "v", "num_created_examples": 1}}
    monkeypatch.setattr("uuid.uuid4", lambda: "chosen")
    door, told = wire(
        monkeypatch,
        {
            f"GET /v1/datasets/{DATASET}/examples": EXAMPLES,
            "on Dataset {": {"data": {"node": {"name": "questions"}}},
            "POST /v1/datasets/upload": uploaded,
        },
    )
    made = RestDatapoints(door).create({"linked_datasets": [DATASET], "inputs": {"q": 1}, "ground_truth": {"a": "x"}})
    assert made == Created(id=EXAMPLE)
    assert told[2][2] == {
        "action": "append",
        "name": "questions",
        "inputs": [{"q": 1}],
        "outputs": [{"a": "x"}],
        "example_ids": ["chosen"],
    }


def test_both_interfaces_tell_the_same_of_a_datapoint(monkeypatch: pytest.MonkeyPatch) -> None:
    rest, _ = wire(monkeypatch, {"GET /v1/datasets": DATASETS, f"GET /v1/datasets/{DATASET}/examples": EXAMPLES})
    graph, _ = wire(monkeypatch, {"node(id": {"data": {"node": revision()}}})
    for read_back in (RestDatapoints(rest).get(EXAMPLE), GraphDatapoints(graph).get(EXAMPLE)):
        assert not isinstance(read_back, Refusal)
        assert (read_back.id, read_back.inputs, read_back.ground_truth) == (EXAMPLE, {"q": 1}, {"a": "x"})
        assert (read_back.metadata, read_back.linked_datasets, read_back.updated_at) == (None, (DATASET,), AT)


def test_a_datapoint_whose_latest_revision_is_a_deletion_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, _ = wire(monkeypatch, {"node(id": {"data": {"node": revision("DELETE", input={}, output={})}}})
    answer = GraphDatapoints(graph).get(EXAMPLE)
    assert isinstance(answer, Refusal)
    assert answer.reason == "not found"


def test_each_part_of_a_datapoint_is_replaced_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, told = wire(
        monkeypatch,
        {"patchDatasetExamples": {"data": {"patchDatasetExamples": {}}}, "node(id": {"data": {"node": revision()}}},
    )
    assert GraphDatapoints(graph).update(EXAMPLE, {"metadata": {"channel": "mail"}}) == Updated(id=EXAMPLE)
    step = {"replace": {"exampleId": EXAMPLE, "field": "METADATA", "value": {"channel": "mail"}}}
    assert told[-1][2] == {"input": {"datasetId": DATASET, "operations": [step]}}


@pytest.mark.parametrize("fields", [{"history": []}, {}, {"linked_datasets": ["a", "b"]}, {"linked_datasets": "a"}])
def test_what_an_example_has_no_place_for_is_not_offered(monkeypatch: pytest.MonkeyPatch, fields: Any) -> None:
    rest, told = wire(monkeypatch, {})
    with pytest.raises(NotOffered):
        RestDatapoints(rest).create({"inputs": {}, **fields})
    assert told == []


@pytest.mark.parametrize(
    "rows", [[{"inputs": {}}, {"inputs": {}, "history": []}], [{"linked_datasets": [DATASET]}], [7]]
)
def test_what_an_example_has_no_place_for_is_not_offered_in_a_batch(
    monkeypatch: pytest.MonkeyPatch, rows: list[Any]
) -> None:
    rest, told = wire(monkeypatch, {})
    with pytest.raises(NotOffered):
        RestDatapoints(rest).create_many(rows, dataset_id=DATASET)
    assert told == []


def test_examples_sent_together_are_of_one_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    rest, told = wire(monkeypatch, {})
    with pytest.raises(NotOffered, match="of the same"):
        RestDatapoints(rest).create_many([{"inputs": {}, "linked_datasets": [each]} for each in (DATASET, "other")])
    assert told == []


def test_an_example_that_was_taken_and_is_not_there_breaks_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    door, _ = wire(
        monkeypatch,
        {
            f"GET /v1/datasets/{DATASET}/examples": EXAMPLES,
            "on Dataset {": {"data": {"node": {"name": "questions"}}},
            "POST /v1/datasets/upload": {"data": {}},
        },
    )
    with pytest.raises(ContractBroken, match="0 are there"):
        RestDatapoints(door).create({"linked_datasets": [DATASET], "inputs": {}})


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("input is required", {"inputs"}),
        ("Input should be a list containing only dictionary objects", {"inputs"}),
        ("outputs should be a list of same length as input containing only dictionary objects", {"ground_truth"}),
        ("metadata should be a list of same length as input containing only dictionary objects", {"metadata"}),
        ("Input should be a valid dictionary", set()),
        ("No dataset with id RGF0YXNldDo5 can be found.", {"linked_datasets"}),
        ("Invalid dataset ID format: never made", {"linked_datasets"}),
    ],
)
def test_a_refusal_names_the_part_of_the_example_that_phoenix_means(message: str, named: set[str]) -> None:
    refused = Refusal(status=422, reason="invalid", message=message)
    assert naming(refused, WORDS).fields == named


def connection(nodes: list[Any], after: str | None = None) -> dict[str, Any]:
    page = {"hasNextPage": after is not None, "endCursor": after}
    return {"edges": [{"node": each} for each in nodes], "pageInfo": page}


def test_every_page_of_datasets_and_of_their_examples_is_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Wire("http://127.0.0.1:9", Key("token", "ours"))
    asked: list[Mapping[str, Any]] = []

    def of(name: str, *pages: Any) -> dict[str, Any]:
        return {"id": name, "name": name, "examples": connection(*pages)}

    answers = {
        (None, None): connection([of("more questions", [{**revision(), "id": "not meant"}])], "2"),
        (None, "2"): connection([of("questions", [{**revision(), "id": "first"}], "e")]),
        ("questions", "e"): {"examples": connection([{**revision(), "id": "second"}])},
    }

    def query(operation: str, text: str, **variables: Any) -> Any:
        asked.append(variables)
        return answers[variables.get("id"), variables["after"]]

    monkeypatch.setattr(graph, "query", query)
    listed = GraphDatapoints(graph).list(dataset="questions")
    assert isinstance(listed, Page)
    assert [each.id for each in listed.items] == ["first", "second"]
    assert [each.get("filter") for each in asked] == [{"col": "name", "value": "questions"}] * 2 + [None]


def test_a_dataset_has_the_examples_of_all_pages_opened_and_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Wire("http://127.0.0.1:9", Key("token", "ours"))
    told: dict[str, Any] = {"name": "questions", "description": None, "metadata": {}, "createdAt": AT, "updatedAt": AT}
    first = {**told, "id": DATASET, "examples": connection([{"id": "first"}, {"id": "second"}], "e")}
    other = {**told, "id": "another", "examples": connection([])}
    answers = {
        ("datasets", None, None): connection([first, other]),
        ("node", DATASET, None): first,
        ("node", DATASET, "e"): {"examples": connection([{"id": "third"}], "f")},
        ("node", DATASET, "f"): {"examples": connection([{"id": "fourth"}])},
    }
    monkeypatch.setattr(
        graph, "query", lambda operation, text, **said: answers[operation, said.get("id"), said.get("after")]
    )
    opened, listed = GraphDatasets(graph).get(DATASET), GraphDatasets(graph).list()
    assert isinstance(opened, Dataset)
    assert isinstance(listed, Page)
    assert opened.datapoints == ("first", "second", "third", "fourth")
    assert [each.datapoints for each in listed.items] == [opened.datapoints, ()]


def test_a_prompt_beyond_the_first_page_is_known_made_opened_and_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = Wire("http://127.0.0.1:9", Key("token", "ours"))
    pages = {
        None: {"data": [{"name": "other", "id": "another"}], "next_cursor": "2"},
        "2": {"data": [{"name": spelt("Refund answer"), "id": PROMPT}], "next_cursor": None},
    }

    def ask(method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        if (method, path) == ("GET", "prompts"):
            return pages[(query or {})["cursor"]]
        return {"data": VERSION}

    monkeypatch.setattr(rest, "ask", ask)
    prompts, name = RestConfigurations(rest), "Refund answer"
    assert prompts.create(SAID) == Created(id=PROMPT)
    opened, found = prompts.get(PROMPT), prompts.find(name)
    assert isinstance(opened, Configuration)
    assert isinstance(found, Page)
    assert (opened.id, opened.name) == (PROMPT, name)
    assert [(each.id, each.name) for each in found.items] == [(PROMPT, name)]


def test_examples_are_told_all_at_once_and_never_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    door, told = wire(monkeypatch, {})
    asked: dict[str, Any]
    for asked in ({"limit": 1}, {"page": 2}, {"page": 1, "ids": [EXAMPLE]}):
        for examples in (RestDatapoints(door), GraphDatapoints(door)):
            with pytest.raises(NotOffered, match="all at once"):
                examples.list(**asked)
    assert told == []


def test_rest_chooses_datapoints_by_their_ids_without_asking_the_other_interface(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rest, told = wire(monkeypatch, {"GET /v1/datasets": DATASETS, f"GET /v1/datasets/{DATASET}/examples": EXAMPLES})
    for ids, found in (([EXAMPLE], [EXAMPLE]), (["another"], [])):
        listed = RestDatapoints(rest).list(ids=ids)
        assert isinstance(listed, Page)
        assert [each.id for each in listed.items] == found
    assert {path for _, path, _ in told} == {"/v1/datasets", f"/v1/datasets/{DATASET}/examples"}


def test_a_deleted_datapoint_is_not_listed_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"data": {"a0": revision("DELETE", input={}, output={}), "a1": {**revision(), "id": "kept"}}}
    graph, _ = wire(monkeypatch, {"node(id": answer})
    listed = GraphDatapoints(graph).list(ids=[EXAMPLE, "kept"])
    assert isinstance(listed, Page)
    assert [each.id for each in listed.items] == ["kept"]


def test_a_configuration_is_said_as_a_prompt_with_its_first_version(monkeypatch: pytest.MonkeyPatch) -> None:
    rest, told = wire(monkeypatch, {"POST /v1/prompts": {"data": VERSION}, "GET /v1/prompts": PROMPTS})
    assert RestConfigurations(rest).create(SAID) == Created(id=PROMPT)
    sent = told[0][2]
    assert sent["prompt"] == {"name": "named-_52_efund_20_answer-z"}
    assert sent["version"] == {name: what for name, what in VERSION.items() if name not in ("id", "description")}


def test_both_interfaces_tell_the_same_of_a_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    rest, _ = wire(monkeypatch, {f"GET /v1/prompts/{PROMPT}/latest": {"data": VERSION}, "GET /v1/prompts": PROMPTS})
    graph, _ = wire(monkeypatch, {"node(id": {"data": {"node": IN_GRAPH}}})
    for read_back in (RestConfigurations(rest).get(PROMPT), GraphConfigurations(graph).get(PROMPT)):
        assert not isinstance(read_back, Refusal)
        assert {name: read_back.fields[name] for name in SAID} == SAID
        assert read_back.type == "LLM"


def test_a_change_of_a_configuration_is_a_new_version_with_the_rest_of_the_latest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    versions = f"/v1/prompts/{PROMPT}/versions"
    rest, told = wire(
        monkeypatch, {f"GET /v1/prompts/{PROMPT}/latest": {"data": VERSION}, f"POST {versions}": {"data": VERSION}}
    )
    assert RestConfigurations(rest).update(PROMPT, {"model": "claude-2"}) == Updated(id=PROMPT)
    kept = {name: what for name, what in VERSION.items() if name not in ("id", "description")}
    assert told[-1] == ("POST", versions, {"version": {**kept, "model_name": "claude-2"}})


def test_a_prompt_that_is_not_found_by_its_name_is_an_empty_list(monkeypatch: pytest.MonkeyPatch) -> None:
    rest, _ = wire(monkeypatch, {"GET /v1/prompts": PROMPTS, "GET /v1/prompts/greeting/latest": 404})
    answer = RestConfigurations(rest).find("greeting")
    assert isinstance(answer, Page)
    assert answer.items == ()


@pytest.mark.parametrize("name", ["Refund answer", "greeting", "named-x-z", "_", "-", "你好", "a_b", "x" * 201, "A\nB"])
def test_every_name_is_spelt_in_an_identifier_and_read_back(name: str) -> None:
    assert spelt(name) == name or spelt(name).startswith("named-")
    assert read(spelt(name)) == name


@pytest.mark.parametrize(("fields", "unsaid"), [({"tags": []}, "tags"), ({"environments": ["prod"]}, "environments")])
def test_what_a_prompt_has_no_place_for_is_not_offered(
    monkeypatch: pytest.MonkeyPatch, fields: Any, unsaid: str
) -> None:
    rest, _ = wire(monkeypatch, {})
    with pytest.raises(NotOffered, match=unsaid):
        RestConfigurations(rest).create({**SAID, **fields})


def test_both_interfaces_tell_the_same_of_an_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    rest, _ = wire(monkeypatch, {f"GET /v1/experiments/{EXPERIMENT}": {"data": IN_REST}})
    graph, _ = wire(monkeypatch, {"node(id": {"data": {"node": RUN}}})
    read_back = [RestRuns(rest).get(EXPERIMENT), GraphRuns(graph).get(EXPERIMENT)]
    assert read_back[0] == read_back[1]
    assert not isinstance(read_back[0], Refusal)
    assert (read_back[0].name, read_back[0].dataset, read_back[0].metadata) == ("first", DATASET, {"t": 1})


def test_experiments_are_listed_by_their_dataset_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {**RUN, "id": "other", "dataset": {"id": "another"}}
    datasets = connection([{"id": each["dataset"]["id"], "experiments": connection([each])} for each in (RUN, other)])
    graph, _ = wire(monkeypatch, {"datasets(": {"data": {"datasets": datasets}}})
    ids = {}
    filters: list[dict[str, Any]] = [{}, {"dataset": DATASET}]
    for asked in filters:
        answer = GraphRuns(graph).list(**asked)
        assert isinstance(answer, Page)
        ids[json.dumps(asked)] = [each.id for each in answer.items]
    assert list(ids.values()) == [[EXPERIMENT, "other"], [EXPERIMENT]]
    beyond: dict[str, Any]
    for beyond in ({"limit": 2}, {"page": 2}, {"status": "running"}):
        with pytest.raises(NotOffered):
            GraphRuns(graph).list(**beyond)


def test_every_page_of_experiments_is_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Wire("http://127.0.0.1:9", Key("token", "ours"))
    answers = {
        (None, None): connection([{"id": "a", "experiments": connection([{**RUN, "id": "1"}], "e")}], "2"),
        ("a", "e"): {"experiments": connection([{**RUN, "id": "2"}])},
        (None, "2"): connection([{"id": "b", "experiments": connection([{**RUN, "id": "3"}])}]),
    }
    monkeypatch.setattr(graph, "query", lambda operation, text, **said: answers[said.get("id"), said["after"]])
    rest = Wire("http://127.0.0.1:9", Key("token", "ours"))
    pages = {
        ("datasets", None): {"data": [{"id": "a"}], "next_cursor": "2"},
        ("datasets", "2"): {"data": [{"id": "b"}], "next_cursor": None},
        ("datasets/a/experiments", None): {"data": [{**IN_REST, "id": "1"}], "next_cursor": "e"},
        ("datasets/a/experiments", "e"): {"data": [{**IN_REST, "id": "2"}], "next_cursor": None},
        ("datasets/b/experiments", None): {"data": [{**IN_REST, "id": "3"}], "next_cursor": None},
    }
    monkeypatch.setattr(rest, "ask", lambda method, path, query: pages[path, query["cursor"]])
    for listed in (GraphRuns(graph).list(), RestRuns(rest).list()):
        assert isinstance(listed, Page)
        assert [each.id for each in listed.items] == ["1", "2", "3"]


def test_both_interfaces_tell_the_same_of_projects(monkeypatch: pytest.MonkeyPatch) -> None:
    projects = [{"id": "UHJvamVjdDoy", "name": "ours", "description": "Ours"}]
    connection = {"edges": [{"node": each} for each in projects], "pageInfo": {"hasNextPage": False, "endCursor": "x"}}
    rest, _ = wire(monkeypatch, {"GET /v1/projects": {"data": projects, "next_cursor": None}})
    graph, _ = wire(monkeypatch, {"projects(": {"data": {"projects": connection}}})
    assert RestProjects(rest).list() == GraphProjects(graph).list()
    with pytest.raises(NotOffered, match="not its name"):
        RestProjects(rest).update("UHJvamVjdDoy", {"name": "theirs"})


def test_pages_are_turned_by_the_cursors_before_them() -> None:
    pages = {None: (["a"], "1"), "1": (["b"], "2"), "2": (["c"], None)}
    assert [page_of(number, pages.__getitem__) for number in (None, 1, 2, 3, 4)] == [
        (["a"], "1"), (["a"], "1"), (["b"], "2"), (["c"], None), ([], None),
    ]  # fmt: skip


def test_rows_are_sent_as_a_file_with_the_columns_of_each_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uuid.uuid4", lambda: "chosen")
    door, _ = wire(
        monkeypatch,
        {"on Dataset {": {"data": {"node": {"name": "questions"}}}, f"GET /v1/datasets/{DATASET}/examples": EXAMPLES},
    )
    sent: dict[str, Any] = {}
    monkeypatch.setattr(door, "upload", lambda path, form, rows, query: sent.update(form=form, rows=rows) or {})
    row = {"question": "Where?", "answer": "Here", "channel": "mail"}
    stored = RestDatasets(door).add_rows(DATASET, [row], inputs=["question"], ground_truth=["answer"])
    assert isinstance(stored, BatchOutcome)
    assert stored.ids == (EXAMPLE,)
    assert sent["rows"] == [{**row, "id of the row": "chosen"}]
    assert sent["form"] == {
        "action": "append",
        "name": "questions",
        "input_keys[]": ["question"],
        "output_keys[]": ["answer"],
        "metadata_keys[]": ["channel"],
        "example_id_key": "id of the row",
    }
