"""Runs as runs of experiments, in the tenant's experiment.

A description is the tag that MLflow shows as one, metadata are the other tags, what is tried are parameters, results
are metrics. A dataset is an input, in the words in which MLflow's own client names an evaluation dataset. A run that
was deleted is shown still, as deleted: it is read as not found.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from ...foreign import naming
from ...interface import (
    Accepted,
    Comparison,
    ContractBroken,
    Created,
    Deleted,
    EventPair,
    Fields,
    Malformation,
    NotOffered,
    Page,
    Refusal,
    Run,
    RunResult,
    Updated,
)
from ...things import need
from ...translation import parse
from .datasets import DESCRIPTION
from .pages import page_of
from .wire import Wire, quoted

STATUS = {
    "pending": "SCHEDULED",
    "running": "RUNNING",
    "completed": "FINISHED",
    "failed": "FAILED",
    "cancelled": "KILLED",
}
WORDS = {"name": "run_name", "metadata": "tags", "limit": "max_results"}
SAID = {"name", "description", "metadata", "status", "dataset", "configuration", "results"}
AT_ONCE = 1000
"""How many runs are asked for at once."""
VERSION = "2.0"


class Runs:
    """See `interface.Runs`."""

    noun = "run"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`. What MLflow has no place for is sent as it is, for it to refuse."""
        body = {name: value for name, value in fields.items() if name not in SAID}
        body |= {"experiment_id": self._wire.key.experiment, "start_time": time.time_ns() // 1_000_000}
        if "name" in fields:
            body["run_name"] = fields["name"]
        if (tags := _tags(fields)) is not None:
            body["tags"] = tags
        answer = self._ask("runs/create", body)
        if isinstance(answer, Refusal):
            return answer
        made = need(answer, "run.info.run_id", "runs/create", str)
        if (no := self._say(made, fields)) is None:
            return Created(id=made)
        if isinstance(gone := self.delete(made), Refusal):
            raise ContractBroken("runs/delete", f"the run {made} stays behind", gone)
        return no

    def get(self, thing_id: str) -> Run | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("GET", "runs/get", query={"run_id": thing_id}, version=VERSION)
        if isinstance(answer, Refusal):
            return answer
        if need(answer, "run.info.lifecycle_stage", "runs/get") == "deleted":
            return Refusal(status=200, reason="not found", message=f"the run {thing_id} is shown as deleted")
        return _thing(need(answer, "run", "runs/get"))

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Run] | Refusal:
        """See `interface.Things`; the last that was begun comes first."""
        conditions = self._conditions(filters)
        if isinstance(conditions, Refusal):
            return conditions
        asked: dict[str, Any] = {
            "experiment_ids": [self._wire.key.experiment],
            "max_results": AT_ONCE if limit is None else limit,
            "filter": conditions,
        }
        answer = page_of(page, asked, lambda asked: self._ask("runs/search", asked))
        if isinstance(answer, Refusal):
            return answer
        found = [_thing(each) for each in answer.get("runs", [])]
        if "dataset" in filters:
            found = [each for each in found if each.dataset == filters["dataset"]]
        return Page[Run](items=tuple(found), page=page, limit=limit)

    def find(self, name: str) -> Page[Run] | Refusal:
        """See `interface.Things`."""
        return self.list(name=name)

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`: each part by itself."""
        if not isinstance(changes.get("metadata", {}), Mapping):
            raise NotOffered("the tags of a run are changed one by one: metadata must be an object")
        for tag in _tags(changes) or []:
            answer = self._ask("runs/set-tag", {"run_id": thing_id, **tag})
            if isinstance(answer, Refusal):
                return answer
        if "name" in changes:
            answer = self._ask("runs/update", {"run_id": thing_id, "run_name": changes["name"]})
            if isinstance(answer, Refusal):
                return answer
        no = self._say(thing_id, changes)
        return Updated(id=thing_id) if no is None else no

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        answer = self._ask("runs/delete", {"run_id": thing_id})
        return answer if isinstance(answer, Refusal) else Deleted(id=thing_id)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        return self._wire.create_malformed("runs/create", how, version=VERSION)

    def result(self, run_id: str, function: str | None = None) -> RunResult | Refusal:
        """See `interface.Runs`."""
        raise NotOffered("MLflow sums nothing up: a metric of a run is what was said of it")

    def compare(self, new: str, old: str, function: str | None = None) -> Comparison | Refusal:
        """See `interface.Runs`."""
        raise NotOffered("MLflow compares runs in its user interface only")

    def compare_events(
        self, first: str, second: str, *, limit: int | None = None, page: int | None = None, **filters: Any
    ) -> Page[EventPair] | Refusal:
        """See `interface.Runs`."""
        raise NotOffered("MLflow compares runs in its user interface only")

    def _ask(self, path: str, body: Mapping[str, Any]) -> Any | Refusal:
        answer = self._wire.ask("POST", path, body, version=VERSION)
        return naming(answer, WORDS) if isinstance(answer, Refusal) else answer

    def _say(self, run: str, fields: Fields) -> Refusal | None:
        """Say of a run what is not said in its creation."""
        if "status" in fields:
            status = STATUS.get(fields["status"], fields["status"])
            if isinstance(answer := self._ask("runs/update", {"run_id": run, "status": status}), Refusal):
                return answer
        if "dataset" in fields and (no := self._take_in(run, fields["dataset"])) is not None:
            return no
        now = time.time_ns() // 1_000_000
        params = [{"key": key, "value": value} for key, value in fields.get("configuration", {}).items()]
        metrics = [{"key": key, "value": value, "timestamp": now} for key, value in fields.get("results", {}).items()]
        if not params and not metrics:
            return None
        answer = self._ask("runs/log-batch", {"run_id": run, "params": params, "metrics": metrics})
        return answer if isinstance(answer, Refusal) else None

    def _take_in(self, run: str, dataset_id: str) -> Refusal | None:
        dataset = self._dataset(dataset_id)
        if isinstance(dataset, Refusal):
            return dataset
        said = {
            "name": dataset["name"],
            "digest": dataset["digest"],
            "source_type": "mlflow_evaluation_dataset",
            "source": json.dumps({"dataset_id": dataset_id}),
        }
        answer = self._ask("runs/log-inputs", {"run_id": run, "datasets": [{"dataset": said}]})
        return answer if isinstance(answer, Refusal) else None

    def _dataset(self, dataset_id: str) -> Any | Refusal:
        answer = self._wire.ask("GET", f"datasets/{dataset_id}")
        return answer if isinstance(answer, Refusal) else need(answer, "dataset", "datasets/get")

    def _conditions(self, filters: Mapping[str, Any]) -> str | Refusal:
        """The filter that chooses runs. Of a dataset it knows the name, which others may have."""
        if beyond := sorted(set(filters) - {"dataset", "name", "status"}):
            raise NotOffered(f"the adapter of MLflow chooses no runs by {', '.join(beyond)}")
        said = []
        if "dataset" in filters:
            dataset = self._dataset(filters["dataset"])
            if isinstance(dataset, Refusal):
                return dataset
            said.append(f"datasets.name = {quoted(dataset['name'])}")
        if "name" in filters:
            said.append(f"attributes.run_name LIKE {quoted('%' + filters['name'] + '%')}")
        if "status" in filters:
            said.append(f"attributes.status = {quoted(STATUS.get(filters['status'], filters['status']))}")
        return " AND ".join(said)


def _tags(fields: Fields) -> Any:
    """What tags say, None for nothing; metadata that is no object is sent as it is, for MLflow to refuse."""
    metadata = fields.get("metadata", {})
    if not isinstance(metadata, Mapping):
        return metadata
    said = {**metadata, **({DESCRIPTION: fields["description"]} if "description" in fields else {})}
    return [{"key": key, "value": value} for key, value in said.items()] or None


def _thing(wire: Mapping[str, Any]) -> Run:
    info, data = need(wire, "info", "runs"), wire.get("data", {})
    tags, params, metrics = (
        {each["key"]: each.get("value") for each in data.get(kind, [])} for kind in ("tags", "params", "metrics")
    )
    sources = [json.loads(each["dataset"]["source"]) for each in wire.get("inputs", {}).get("dataset_inputs", [])]
    told = {
        "id": info.get("run_id"),
        "name": info.get("run_name"),
        "description": tags.get(DESCRIPTION),
        "status": next((ours for ours, theirs in STATUS.items() if theirs == info["status"]), info["status"]),
        "dataset": sources[-1].get("dataset_id") if sources else None,
        "metadata": {key: value for key, value in tags.items() if not key.startswith("mlflow.")},
        "configuration": params,
        "results": metrics,
    }
    return parse(Run, told, "runs")
