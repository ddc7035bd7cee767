"""Evaluation datasets. MLflow ties each to experiments, and keeps what else is said of it as tags, which are texts."""

from __future__ import annotations

import json
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
from ...things import need
from ...translation import parse
from .datapoints import Records
from .pages import page_of
from .wire import Wire, quoted

DESCRIPTION = "mlflow.note.content"
"""The tag that MLflow's own interface shows as a description."""
WORDS = {"name": "name", "id": "dataset_id", "metadata": "tags", "limit": "max_results"}


class Datasets:
    """See `interface.Datasets`."""

    noun = "dataset"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._records = Records(wire)

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`. What MLflow has no field for is sent as it is, for it to refuse."""
        body: dict[str, Any] = {
            name: value for name, value in fields.items() if name not in ("description", "metadata")
        }
        if tags := _tags(fields):
            body["tags"] = json.dumps(tags)
        answer = self._wire.ask("POST", "datasets/create", {**body, "experiment_ids": [self._wire.key.experiment]})
        if isinstance(answer, Refusal):
            return naming(answer, WORDS)
        return Created(id=need(answer, "dataset.dataset_id", "datasets/create", str))

    def get(self, thing_id: str) -> Dataset | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("GET", f"datasets/{thing_id}")
        if isinstance(answer, Refusal):
            return answer
        told = need(answer, "dataset", "datasets/get")
        if not json.loads(told.get("profile") or "{}"):  # it counts the records, as soon as there was one
            return self._thing(told)
        held = self._records.of(thing_id)
        return held if isinstance(held, Refusal) else self._thing(told, [each.id for each in held])

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Dataset] | Refusal:
        """See `interface.Things`."""
        asked: dict[str, Any] = {"experiment_ids": [self._wire.key.experiment]}
        if limit is not None:
            asked["max_results"] = limit
        if "name" in filters:
            asked["filter_string"] = f"name = {quoted(filters['name'])}"
        answer = page_of(page, asked, lambda asked: self._wire.ask("POST", "datasets/search", asked))
        if isinstance(answer, Refusal):
            return naming(answer, WORDS)
        found = answer.get("datasets", [])
        more = bool(answer.get("next_page_token"))
        return Page[Dataset](items=tuple(self._thing(each) for each in found), page=page, limit=limit, has_next=more)

    def find(self, name: str) -> Page[Dataset] | Refusal:
        """See `interface.Things`."""
        return self.list(name=name)

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`: description and metadata, which are tags."""
        if beyond := sorted(set(changes) - {"description", "metadata"}):
            raise NotOffered(f"MLflow changes the tags of a dataset only, not its {', '.join(beyond)}")
        answer = self._wire.ask("PATCH", f"datasets/{thing_id}/tags", {"tags": json.dumps(_tags(changes))})
        return naming(answer, WORDS) if isinstance(answer, Refusal) else Updated(id=thing_id)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("DELETE", f"datasets/{thing_id}")
        return answer if isinstance(answer, Refusal) else Deleted(id=thing_id)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        return self._wire.create_malformed("datasets/create", how)

    def add_rows(self, dataset_id: str, rows: Sequence[Any], **mapping: Sequence[str]) -> BatchOutcome | Refusal:
        """See `interface.Datasets`."""
        raise NotOffered("MLflow maps no columns: a record is given as inputs, expectations and tags")

    def remove_datapoint(self, dataset_id: str, datapoint_id: str) -> Deleted | Refusal:
        """See `interface.Datasets`."""
        raise NotOffered("a record of MLflow is of one dataset, and goes with it")

    def _thing(self, wire: Mapping[str, Any], records: Sequence[str] = ()) -> Dataset:
        tags = json.loads(wire.get("tags") or "{}")
        values = {"id": wire.get("dataset_id"), "name": wire.get("name"), "description": tags.pop(DESCRIPTION, None)}
        ours = {name: value for name, value in tags.items() if not name.startswith("mlflow.")}
        return parse(Dataset, {**values, "metadata": ours or None, "datapoints": records}, "datasets")


def _tags(fields: Fields) -> dict[str, Any]:
    described = {DESCRIPTION: fields["description"]} if "description" in fields else {}
    more = fields.get("metadata")
    return {**(more if isinstance(more, Mapping) else {}), **described}
