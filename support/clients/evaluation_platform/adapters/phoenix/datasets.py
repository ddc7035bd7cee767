"""Datasets. REST creates them only together with examples (none, here), and keeps no metadata: GraphQL does."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
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
from ...things import MALFORMED, json_or_text, need
from ...translation import parse
from .wire import Wire, refused

WORDS = {"name": "name", "description": "description", "metadata": "metadata", "id": "ID", "limit": "limit"}
UPLOAD, AT_ONCE = "datasets/upload", {"sync": "true"}
"""Without the query, the answer is null, before anything is stored."""
CREATE = "mutation($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id } } }"
PATCH = "mutation($input: PatchDatasetInput!) { patchDataset(input: $input) { dataset { id } } }"
SHOWN = "id name description metadata createdAt updatedAt"
GET = f"query($id: ID!) {{ node(id: $id) {{ ... on Dataset {{ {SHOWN} }} }} }}"
LIST = (
    "query($first: Int, $after: String, $filter: DatasetFilter) {"
    f" datasets(first: $first, after: $after, filter: $filter) {{ edges {{ node {{ {SHOWN} }} }}"
    " pageInfo { hasNextPage endCursor } } }"
)
PAGE = 100


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
        answer = self._wire.ask_malformed("POST", UPLOAD, *MALFORMED[how])
        if answer.status_code < 400:
            return Accepted(status=answer.status_code, body=answer.text)
        return refused(answer.status_code, json_or_text(answer.text))

    def add_rows(self, dataset_id: str, rows: Sequence[Any], **mapping: Sequence[str]) -> BatchOutcome | Refusal:
        """See `interface.Datasets`."""
        raise NotOffered("Phoenix tells no ids of the rows that it stores")

    def remove_datapoint(self, dataset_id: str, datapoint_id: str) -> Deleted | Refusal:
        """See `interface.Datasets`."""
        raise NotOffered("an example of Phoenix is of one dataset, and goes with it")


class RestDatasets(Datasets):
    """As REST shows them."""

    def get(self, thing_id: str) -> Dataset | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("GET", f"datasets/{thing_id}")
        return naming(answer, WORDS) if isinstance(answer, Refusal) else _thing(need(answer, "data", "datasets.get"))

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Dataset] | Refusal:
        """See `interface.Things`."""
        asked = {"limit": limit, "name": filters.get("name"), "cursor": None}
        found: Sequence[Any] = []
        for _ in range(page or 1):
            answer = self._wire.ask("GET", "datasets", query=asked)
            if isinstance(answer, Refusal):
                return naming(answer, WORDS)
            found, asked["cursor"] = need(answer, "data", "datasets.list", list), answer.get("next_cursor")
            if asked["cursor"] is None:
                break
        else:
            return _page(found, limit, page, more=True)
        return _page(found if _ + 1 == (page or 1) else [], limit, page, more=False)


class GraphDatasets(Datasets):
    """As GraphQL shows them."""

    def get(self, thing_id: str) -> Dataset | Refusal:
        """See `interface.Things`."""
        answer = self._wire.query("node", GET, id=thing_id)
        return naming(answer, WORDS) if isinstance(answer, Refusal) else _thing(answer)

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Dataset] | Refusal:
        """See `interface.Things`. The filter of GraphQL is a part of the name."""
        part = {"filter": {"col": "name", "value": filters["name"]}} if "name" in filters else {}
        found: Sequence[Any] = []
        after: str | None = None
        for _ in range(page or 1):
            answer = self._wire.query("datasets", LIST, first=PAGE if limit is None else limit, after=after, **part)
            if isinstance(answer, Refusal):
                return naming(answer, WORDS)
            found = [edge["node"] for edge in need(answer, "edges", "datasets.list", list)]
            after = need(answer, "pageInfo.endCursor", "datasets.list") if answer["pageInfo"]["hasNextPage"] else None
            if after is None:
                break
        else:
            return _page(found, limit, page, more=True)
        return _page(found if _ + 1 == (page or 1) else [], limit, page, more=False)


def _page(found: Sequence[Any], limit: Any, page: int | None, *, more: bool) -> Page[Dataset]:
    size = limit if isinstance(limit, int) else None
    return Page[Dataset](items=tuple(map(_thing, found)), page=page, limit=size, has_next=more)


def _thing(wire: Mapping[str, Any]) -> Dataset:
    told = {
        "id": wire.get("id"),
        "name": wire.get("name"),
        "description": wire.get("description"),
        "metadata": wire.get("metadata") or None,
        "created_at": wire.get("created_at", wire.get("createdAt")),
        "updated_at": wire.get("updated_at", wire.get("updatedAt")),
    }
    return parse(Dataset, told, "datasets")
