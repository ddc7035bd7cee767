"""Datasets. REST creates them only together with examples (none, here), and keeps no metadata: GraphQL does."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ...foreign import naming
from ...interface import (
    Accepted,
    BatchOutcome,
    Created,
    Dataset,
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
from .pages import PAGE, Turned, page_of, turn, turn_graph, whole
from .wire import Wire

WORDS = {"name": "name", "description": "description", "metadata": "metadata", "id": "ID", "limit": "limit"}
UPLOAD, AT_ONCE = "datasets/upload", {"sync": "true"}
"""Without the query, the answer is null, before anything is stored."""
CREATE = "mutation($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }"
PATCH = "mutation($input: PatchDatasetInput!) { patchDataset(input: $input) { dataset { id } } }"
NAME = "query($id: ID!) { node(id: $id) { ... on Dataset { name } } }"
ID = "id of the row"
"""The column that says under which id a row is to be stored."""
NEXT = "pageInfo { hasNextPage endCursor }"
EXAMPLES = f"{{ edges {{ node {{ id }} }} {NEXT} }}"
SHOWN = f"id name description metadata createdAt updatedAt examples(first: 1000) {EXAMPLES}"
GET = f"query($id: ID!) {{ node(id: $id) {{ ... on Dataset {{ {SHOWN} }} }} }}"
LIST = (
    "query($first: Int, $after: String, $filter: DatasetFilter) {"
    f" datasets(first: $first, after: $after, filter: $filter) {{ edges {{ node {{ {SHOWN} }} }} {NEXT} }} }}"
)
MORE = (
    "query($id: ID!, $after: String)"
    f" {{ node(id: $id) {{ ... on Dataset {{ examples(first: 1000, after: $after) {EXAMPLES} }} }} }}"
)


class Datasets:
    """See `interface.Datasets`; the interfaces differ in how a dataset is read."""

    noun = "dataset"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`. Whatever REST has no place for goes through GraphQL."""
        if set(fields) <= {"name", "description"}:
            answer = self._wire.ask("POST", UPLOAD, {"action": "create", "inputs": [], **fields}, query=AT_ONCE)
            place = "data.dataset_id"
        else:
            answer, place = self._wire.query("createDataset", CREATE, input=dict(fields)), "dataset.id"
        if isinstance(answer, Refusal):
            return naming(answer, WORDS)
        return Created(id=need(answer, place, "datasets.create", str))

    @abstractmethod
    def get(self, thing_id: str) -> Dataset | Refusal:
        """See `interface.Things`."""

    @abstractmethod
    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Dataset] | Refusal:
        """See `interface.Things`. Phoenix turns pages by cursor only: a page is reached through those before it."""

    def find(self, name: str) -> Page[Dataset] | Refusal:
        """See `interface.Things`."""
        return self.list(name=name)

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`. REST has no such operation."""
        answer = self._wire.query("patchDataset", PATCH, input={"datasetId": thing_id, **changes})
        return naming(answer, WORDS) if isinstance(answer, Refusal) else Updated(id=thing_id)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("DELETE", f"datasets/{thing_id}")
        return naming(answer, WORDS) if isinstance(answer, Refusal) else Deleted(id=thing_id)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        return self._wire.create_malformed(UPLOAD, how)

    def add_rows(self, dataset_id: str, rows: Sequence[Any], **mapping: Sequence[str]) -> BatchOutcome | Refusal:
        """See `interface.Datasets`: as lines of a file, with the names of the columns that go into each part."""
        if mapping.get("history"):
            raise NotOffered("an example of Phoenix has no place for history")
        name = name_of(self._wire, dataset_id)
        if isinstance(name, Refusal):
            return naming(name, WORDS)
        known = [str(uuid.uuid4()) for _ in rows]
        parts = {
            "input_keys[]": list(mapping.get("inputs", ())),
            "output_keys[]": list(mapping.get("ground_truth", ())),
        }
        mapped = {ID, *(column for columns in parts.values() for column in columns)}
        rest = sorted({column for row in rows for column in row} - mapped)
        form = {"action": "append", "name": name, **parts, "metadata_keys[]": rest, "example_id_key": ID}
        lines = [{**row, ID: each} for row, each in zip(rows, known, strict=True)]
        answer = self._wire.upload(UPLOAD, form, lines, AT_ONCE)
        return naming(answer, WORDS) if isinstance(answer, Refusal) else ids_of(self._wire, dataset_id, known)

    def remove_datapoint(self, dataset_id: str, datapoint_id: str) -> Deleted | Refusal:
        """See `interface.Datasets`."""
        raise NotOffered("an example of Phoenix is of one dataset, and goes with it")


def name_of(wire: Wire, dataset_id: str) -> str | Refusal:
    """The name of a dataset, by which rows are appended to it."""
    answer = wire.query("node", NAME, id=dataset_id)
    return answer if isinstance(answer, Refusal) else str(need(answer, "name", "datasets.name", str))


def ids_of(wire: Wire, dataset_id: str, known: Sequence[str]) -> BatchOutcome | Refusal:
    """Phoenix's own ids of the rows that were stored under these: it tells none of what it stores."""
    answer = wire.ask("GET", f"datasets/{dataset_id}/examples")
    if isinstance(answer, Refusal):
        return answer
    ids = {each["id"]: each["node_id"] for each in need(answer, "data.examples", "examples", list)}
    return parse(BatchOutcome, {"ids": [ids[each] for each in known if each in ids]}, "examples")


class RestDatasets(Datasets):
    """As REST shows them."""

    def get(self, thing_id: str) -> Dataset | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("GET", f"datasets/{thing_id}")
        if isinstance(answer, Refusal):
            return naming(answer, WORDS)
        told = need(answer, "data", "datasets.get")
        if not told.get("example_count"):
            return _thing(told)
        held = self._wire.ask("GET", f"datasets/{thing_id}/examples")
        if isinstance(held, Refusal):
            return held
        return _thing(told, [each["node_id"] for each in need(held, "data.examples", "datasets.get", list)])

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Dataset] | Refusal:
        """See `interface.Things`."""
        asked = {"limit": limit, "name": filters.get("name")}
        turned = page_of(page, lambda cursor: turn(self._wire, "datasets", cursor, asked))
        if isinstance(turned, Refusal):
            return naming(turned, WORDS)
        return _page(map(_thing, turned[0]), turned[1], limit, page)


class GraphDatasets(Datasets):
    """As GraphQL shows them."""

    def get(self, thing_id: str) -> Dataset | Refusal:
        """See `interface.Things`."""
        answer = self._wire.query("node", GET, id=thing_id)
        return naming(answer, WORDS) if isinstance(answer, Refusal) else self._whole(answer)

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Dataset] | Refusal:
        """See `interface.Things`. The filter of GraphQL is a part of the name."""
        asked: dict[str, Any] = {"first": PAGE if limit is None else limit}
        if "name" in filters:
            asked["filter"] = {"col": "name", "value": filters["name"]}

        def turned(cursor: str | None) -> Turned:
            return turn_graph(self._wire.query("datasets", LIST, after=cursor, **asked), "edges")

        found = page_of(page, turned)
        if isinstance(found, Refusal):
            return naming(found, WORDS)
        things: list[Dataset] = []
        for each in found[0]:
            thing = self._whole(each)
            if isinstance(thing, Refusal):
                return thing
            things.append(thing)
        return _page(things, found[1], limit, page)

    def _whole(self, shown: Mapping[str, Any]) -> Dataset | Refusal:
        """A dataset with the examples that came with it, and whatever follows them."""
        examples = whole(partial(self._turn, shown))
        return examples if isinstance(examples, Refusal) else _thing(shown, [each["id"] for each in examples])

    def _turn(self, shown: Mapping[str, Any], cursor: str | None) -> Turned:
        more = shown if cursor is None else self._wire.query("node", MORE, id=shown["id"], after=cursor)
        return turn_graph(more, "examples.edges")


def _page(things: Iterable[Dataset], cursor: str | None, limit: Any, page: int | None) -> Page[Dataset]:
    size = limit if isinstance(limit, int) else None
    return Page[Dataset](items=tuple(things), page=page, limit=size, has_next=cursor is not None)


def _thing(wire: Mapping[str, Any], examples: Sequence[str] = ()) -> Dataset:
    told = {
        "id": wire.get("id"),
        "name": wire.get("name"),
        "description": wire.get("description"),
        "metadata": wire.get("metadata") or None,
        "datapoints": examples,
        "created_at": wire.get("created_at", wire.get("createdAt")),
        "updated_at": wire.get("updated_at", wire.get("updatedAt")),
    }
    return parse(Dataset, told, "datasets")
