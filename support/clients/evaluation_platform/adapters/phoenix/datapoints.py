"""Examples of datasets as datapoints. An example is of one dataset; what was said before has no place of its own."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...foreign import all_at_once, naming, the_one
from ...interface import (
    Accepted,
    BatchOutcome,
    Created,
    Datapoint,
    Deleted,
    Fields,
    Malformation,
    NotOffered,
    Page,
    Refusal,
    Updated,
)
from ...things import need
from ...translation import parse
from .datasets import AT_ONCE, UPLOAD, ids_of, name_of
from .pages import PAGE, Turned, turn, turn_graph, whole
from .wire import Wire

PARTS = {"inputs": "input", "ground_truth": "output", "metadata": "metadata"}
"""What an example holds, and Phoenix's word for it."""
UPLOADED = {"inputs": "inputs", "ground_truth": "outputs", "metadata": "metadata"}
"""The same, of many examples at once."""
WORDS = {
    "inputs": ("input is required", "Input should be a list containing"),
    "ground_truth": "outputs",
    "metadata": "metadata",
    "linked_datasets": ("No dataset", "Invalid dataset ID", "Dataset"),
}
"""`Input should be` alone is how Phoenix's validation begins to speak of any field."""
SHOWN = "id createdAt dataset { id } revision { revisionKind input output metadata createdAt }"
GET = f"query($id: ID!) {{ node(id: $id) {{ ... on DatasetExample {{ {SHOWN} }} }} }}"
WHOSE = "query($id: ID!) { node(id: $id) { ... on DatasetExample { dataset { id } } } }"
NEXT = "pageInfo { hasNextPage endCursor }"
EXAMPLES = f"{{ edges {{ node {{ {SHOWN} }} }} {NEXT} }}"
LIST = (
    "query($first: Int, $after: String, $filter: DatasetFilter) {"
    " datasets(first: $first, after: $after, filter: $filter)"
    f" {{ edges {{ node {{ id name examples(first: 1000) {EXAMPLES} }} }} {NEXT} }} }}"
)
MORE = (
    "query($id: ID!, $after: String)"
    f" {{ node(id: $id) {{ ... on Dataset {{ examples(first: 1000, after: $after) {EXAMPLES} }} }} }}"
)
PATCH = "mutation($input: PatchDatasetExamplesInput!) { patchDatasetExamples(input: $input) { dataset { id } } }"
DELETE = "mutation($input: DeleteDatasetExamplesInput!) { deleteDatasetExamples(input: $input) { dataset { id } } }"
TOGETHER = "examples of Phoenix's datasets"
NOWHERE = Refusal(status=200, reason="not found", message="no dataset holds it")
DELETED = Refusal(status=200, reason="not found", message="its latest revision is that it was deleted")


class Datapoints:
    """See `interface.Datapoints`; the interfaces differ in how examples are read."""

    noun = "datapoint"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`."""
        return the_one(self.create_many([fields]), "datapoints.create")

    def create_many(self, rows: Sequence[Any], *, dataset_id: str | None = None) -> BatchOutcome | Refusal:
        """See `interface.Datapoints`. REST stores rows by the name of their dataset, all of them or none."""
        dataset = _only_dataset(rows) if dataset_id is None else dataset_id
        for row in rows:
            _within(row, PARTS if dataset_id is not None else (*PARTS, "linked_datasets"))
        before = self._wire.ask("GET", f"datasets/{dataset}/examples")
        if isinstance(before, Refusal):
            return naming(before, WORDS)
        name = name_of(self._wire, dataset)
        if isinstance(name, Refusal):
            return naming(name, WORDS)
        known = [str(uuid.uuid4()) for _ in rows]
        body: dict[str, Any] = {"action": "append", "name": name}
        for part, word in UPLOADED.items():
            if any(part in row for row in rows):
                body[word] = [row.get(part, None if part == "inputs" else {}) for row in rows]
        answer = self._wire.ask("POST", UPLOAD, {**body, "example_ids": known}, query=AT_ONCE)
        if isinstance(answer, Refusal):
            return naming(answer, WORDS)
        return ids_of(self._wire, dataset, known)

    def create_from_events(
        self, event_ids: Sequence[str], *, dataset_id: str | None = None, **mapping: Sequence[str]
    ) -> BatchOutcome | Refusal:
        """See `interface.Datapoints`."""
        raise NotOffered("the adapter of Phoenix makes no examples of spans")

    @abstractmethod
    def get(self, thing_id: str) -> Datapoint | Refusal:
        """See `interface.Things`."""

    @abstractmethod
    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Datapoint] | Refusal:
        """See `interface.Things`."""

    def find(self, name: str) -> Page[Datapoint] | Refusal:
        """See `interface.Things`."""
        raise NotOffered(f"an example has no name: {name!r}")

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`. REST has no such operation."""
        _within(changes, PARTS)
        found = self._wire.query("node", WHOSE, id=thing_id)
        if isinstance(found, Refusal):
            return found
        steps = [
            {"replace": {"exampleId": thing_id, "field": PARTS[part].upper(), "value": value}}
            for part, value in changes.items()
        ]
        asked = {"datasetId": need(found, "dataset.id", "datapoints.update"), "operations": steps}
        answer = self._wire.query("patchDatasetExamples", PATCH, input=asked)
        return naming(answer, WORDS) if isinstance(answer, Refusal) else Updated(id=thing_id)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`. REST has no such operation."""
        answer = self._wire.query("deleteDatasetExamples", DELETE, input={"exampleIds": [thing_id]})
        return answer if isinstance(answer, Refusal) else Deleted(id=thing_id)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        return self._wire.create_malformed(UPLOAD, how)


class RestDatapoints(Datapoints):
    """As REST shows them: by their dataset only."""

    def get(self, thing_id: str) -> Datapoint | Refusal:
        """See `interface.Things`: an example is found by its id among those of all datasets."""
        every = self.list()
        if isinstance(every, Refusal):
            return every
        return next((each for each in every.items if each.id == thing_id), NOWHERE)

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Datapoint] | Refusal:
        """See `interface.Things`. REST knows examples by their dataset: ids are chosen among those of all."""
        all_at_once(TOGETHER, limit, page)
        asked = {"name": filters.get("dataset"), "limit": PAGE}
        datasets = whole(lambda cursor: turn(self._wire, "datasets", cursor, asked))
        if isinstance(datasets, Refusal):
            return datasets
        found: list[Datapoint] = []
        for dataset in datasets:
            answer = self._wire.ask("GET", f"datasets/{dataset['id']}/examples")
            if isinstance(answer, Refusal):
                return answer
            examples = need(answer, "data.examples", "datapoints.list", list)
            found += [_thing(each["node_id"], dataset["id"], each, None, each["updated_at"]) for each in examples]
        ids = filters.get("ids")
        return _page(each for each in found if ids is None or each.id in ids)


class GraphDatapoints(Datapoints):
    """As GraphQL shows them."""

    def get(self, thing_id: str) -> Datapoint | Refusal:
        """See `interface.Things`."""
        answer = self._wire.query("node", GET, id=thing_id)
        if isinstance(answer, Refusal):
            return answer
        return DELETED if need(answer, "revision.revisionKind", "datapoints.get") == "DELETE" else _of_graph(answer)

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Datapoint] | Refusal:
        """See `interface.Things`. GraphQL finds by a part of the dataset's name: the exact one is chosen here."""
        all_at_once(TOGETHER, limit, page)
        if "ids" in filters:
            return self._each(filters["ids"])
        name = filters.get("dataset")
        asked = {} if name is None else {"filter": {"col": "name", "value": name}}
        datasets = whole(
            lambda cursor: turn_graph(self._wire.query("datasets", LIST, first=PAGE, after=cursor, **asked), "edges")
        )
        if isinstance(datasets, Refusal):
            return datasets
        found: list[Any] = []
        for dataset in datasets:
            if name not in (None, dataset["name"]):
                continue
            examples = self._examples(dataset)
            if isinstance(examples, Refusal):
                return examples
            found += examples
        return _page(map(_of_graph, found))

    def _examples(self, dataset: Mapping[str, Any]) -> Sequence[Any] | Refusal:
        """Those that came with a dataset in the list of all, and whatever follows them."""

        def turned(cursor: str | None) -> Turned:
            shown = dataset if cursor is None else self._wire.query("node", MORE, id=dataset["id"], after=cursor)
            return turn_graph(shown, "examples.edges")

        return whole(turned)

    def _each(self, ids: Sequence[str]) -> Page[Datapoint] | Refusal:
        """What GraphQL answers when it is asked for several ids in one question."""
        asked = " ".join(
            f"a{number}: node(id: $a{number}) {{ ... on DatasetExample {{ {SHOWN} }} }}" for number in range(len(ids))
        )
        names = ", ".join(f"$a{number}: ID!" for number in range(len(ids)))
        text = f"query({names}) {{ {asked} }}"
        answer = self._wire.query_all(
            "datapoints.list", text, **{f"a{number}": each for number, each in enumerate(ids)}
        )
        if isinstance(answer, Refusal):
            return answer
        return _page(_of_graph(each) for each in answer.values() if each["revision"]["revisionKind"] != "DELETE")


def _only_dataset(rows: Sequence[Any]) -> str:
    every = [row.get("linked_datasets") if isinstance(row, Mapping) else None for row in rows]
    first = every[0] if every else None
    if not isinstance(first, list) or len(first) != 1 or any(each != first for each in every):
        raise NotOffered("an example of Phoenix is of one dataset, and those sent together are of the same")
    return str(first[0])


def _within(fields: Any, known: Iterable[str]) -> None:
    if not isinstance(fields, Mapping):
        raise NotOffered(f"an example is sent to Phoenix part by part: {fields!r} has none")
    if beyond := sorted(set(fields) - set(known)):
        raise NotOffered(f"an example of Phoenix has no place for {', '.join(beyond)}")


def _page(found: Any) -> Page[Datapoint]:
    return Page[Datapoint](items=tuple(found))


def _of_graph(wire: Mapping[str, Any]) -> Datapoint:
    revision = need(wire, "revision", "datapoints")
    dataset = need(wire, "dataset.id", "datapoints")
    return _thing(wire["id"], dataset, revision, wire["createdAt"], revision["createdAt"])


def _thing(
    thing_id: str, dataset: str, wire: Mapping[str, Any], created_at: str | None, updated_at: str | None
) -> Datapoint:
    told = {
        "id": thing_id,
        "inputs": wire["input"],
        "ground_truth": wire["output"] or None,
        "metadata": wire["metadata"] or None,
        "linked_datasets": [dataset],
        "created_at": created_at,
        "updated_at": updated_at,
    }
    return parse(Datapoint, told, "datapoints")
