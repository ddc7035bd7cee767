"""Records of evaluation datasets as datapoints: inputs, expectations (the ground truth) and tags (the metadata).

A record is of one dataset and is known by what goes in: MLflow merges what is sent with the same inputs into the record
that has them, and tells no ids of what it stores. A datapoint's id is that of the dataset and that of the record.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...foreign import all_at_once, naming, the_one
from ...interface import (
    Accepted,
    BatchOutcome,
    ContractBroken,
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
from .wire import Wire, quoted

OF = "/"
"""Between the id of a dataset and that of a record in it."""
AT_ONCE = 1000
"""The most that MLflow answers at once."""
PARTS = {"inputs": "inputs", "ground_truth": "expectations", "metadata": "tags"}
"""What a record holds, and MLflow's word for it."""


class Records:
    """The records of the datasets of the tenant's experiment."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def of(self, dataset_id: str) -> list[Datapoint] | Refusal:
        """Every record of a dataset, the oldest first."""
        found: list[Datapoint] = []
        asked: dict[str, Any] = {"max_results": AT_ONCE}
        while True:
            answer = self._wire.ask("GET", f"datasets/{dataset_id}/records", query=asked)
            if isinstance(answer, Refusal):
                return answer
            found += [_thing(dataset_id, each) for each in json.loads(answer.get("records") or "[]")]
            if not (token := answer.get("next_page_token")):
                return found
            asked["page_token"] = token

    def put(self, dataset_id: str, rows: Sequence[Any]) -> Refusal | None:
        """Send records in MLflow's words."""
        answer = self._wire.ask("POST", f"datasets/{dataset_id}/records", {"records": json.dumps(rows)})
        return naming(answer, PARTS) if isinstance(answer, Refusal) else None


class Datapoints:
    """See `interface.Datapoints`."""

    noun = "datapoint"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._records = Records(wire)

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`."""
        linked = fields.get("linked_datasets")
        if not isinstance(linked, list) or len(linked) != 1:
            raise NotOffered("a record of MLflow is of one dataset")
        rest = {name: value for name, value in fields.items() if name != "linked_datasets"}
        return the_one(self.create_many([rest], dataset_id=str(linked[0])), "datasets/records")

    def create_many(self, rows: Sequence[Any], *, dataset_id: str | None = None) -> BatchOutcome | Refusal:
        """See `interface.Datapoints`. The ids are those of the records that have the inputs of the rows."""
        if dataset_id is None:
            raise NotOffered("a record of MLflow is of a dataset")
        if (no := self._records.put(dataset_id, [_said(row) for row in rows])) is not None:
            return no
        stored = self._records.of(dataset_id)
        if isinstance(stored, Refusal):
            return stored
        ids = {_key(each.inputs): each.id for each in stored}
        told = {"ids": [ids[key] for row in rows if (key := _key(row.get("inputs", {}))) in ids]}
        return parse(BatchOutcome, told, "datasets/records")

    def create_from_events(
        self, event_ids: Sequence[str], *, dataset_id: str | None = None, **mapping: Sequence[str]
    ) -> BatchOutcome | Refusal:
        """See `interface.Datapoints`."""
        raise NotOffered("the adapter of MLflow makes no records of spans")

    def get(self, thing_id: str) -> Datapoint | Refusal:
        """See `interface.Things`: a record is read with those of its dataset."""
        found = self._records.of(thing_id.partition(OF)[0])
        if isinstance(found, Refusal):
            return found
        return next((each for each in found if each.id == thing_id), _none(thing_id))

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Datapoint] | Refusal:
        """See `interface.Things`."""
        all_at_once("records of MLflow's datasets", limit, page)
        if "ids" in filters:
            return self._of_all({each.partition(OF)[0]: None for each in filters["ids"]}, filters["ids"])
        asked: dict[str, Any] = {"experiment_ids": [self._wire.key.experiment]}
        if "dataset" in filters:
            asked["filter_string"] = f"name = {quoted(filters['dataset'])}"
        datasets: list[str] = []
        while True:
            answer = self._wire.ask("POST", "datasets/search", asked)
            if isinstance(answer, Refusal):
                return answer
            datasets += [each["dataset_id"] for each in answer.get("datasets", [])]
            if not (token := answer.get("next_page_token")):
                return self._of_all(datasets)
            asked["page_token"] = token

    def _of_all(self, datasets: Iterable[str], ids: Sequence[str] | None = None) -> Page[Datapoint] | Refusal:
        found: list[Datapoint] = []
        for dataset in datasets:
            records = self._records.of(dataset)
            if isinstance(records, Refusal):
                return records
            found += [each for each in records if ids is None or each.id in ids]
        return Page[Datapoint](items=tuple(found))

    def find(self, name: str) -> Page[Datapoint] | Refusal:
        """See `interface.Things`."""
        raise NotOffered(f"a record has no name: {name!r}")

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`: what is sent with the inputs of a record is merged into it."""
        if "inputs" in changes:
            raise NotOffered("a record of MLflow is known by its inputs, which stay as they are")
        before = self.get(thing_id)
        if isinstance(before, Refusal):
            return before
        row = _said({"inputs": before.inputs, **changes})
        no = self._records.put(thing_id.partition(OF)[0], [row])
        return Updated(id=thing_id) if no is None else no

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        dataset, _, record = thing_id.partition(OF)
        answer = self._wire.ask("DELETE", f"datasets/{dataset}/records", {"dataset_record_ids": [record]})
        if isinstance(answer, Refusal):
            return answer
        return Deleted(id=thing_id, confirmed=answer.get("deleted_count") == 1)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`; for a dataset that is made for it, since MLflow first looks at the dataset."""
        named = {"name": f"malformed-{uuid.uuid4().hex}", "experiment_ids": [self._wire.key.experiment]}
        made = self._wire.ask("POST", "datasets/create", named)
        if isinstance(made, Refusal):
            return made
        dataset = need(made, "dataset.dataset_id", "datasets/create", str)
        try:
            return self._wire.create_malformed(f"datasets/{dataset}/records", how)
        finally:
            gone = self._wire.ask("DELETE", f"datasets/{dataset}")
            if isinstance(gone, Refusal):
                raise ContractBroken("datasets/delete", f"the dataset {named['name']} stays behind", gone)


def _said(row: Any) -> Any:
    """A row in MLflow's words; what is no row at all stays as it is."""
    if not isinstance(row, Mapping):
        return row
    if beyond := sorted(set(row) - set(PARTS)):
        raise NotOffered(f"a record of MLflow has no place for {', '.join(beyond)}")
    return {PARTS[name]: value for name, value in row.items()}


def _key(inputs: Any) -> str:
    return json.dumps(inputs, sort_keys=True)


def _none(thing_id: str) -> Refusal:
    return Refusal(status=200, reason="not found", message=f"its dataset holds no record {thing_id}")


def _thing(dataset_id: str, wire: Mapping[str, Any]) -> Datapoint:
    tags = {name: value for name, value in (wire.get("tags") or {}).items() if not name.startswith("mlflow.")}
    told = {
        "id": f"{dataset_id}{OF}{need(wire, 'dataset_record_id', 'datasets/records', str)}",
        "inputs": wire.get("inputs"),
        "ground_truth": wire.get("expectations") or None,
        "metadata": tags or None,
        "linked_datasets": [dataset_id],
    }
    return parse(Datapoint, told, "datasets/records")
