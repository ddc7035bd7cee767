"""What people keep on a platform, over a carrier: datasets, datapoints, configurations, tools, projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .interface import (
    BatchOutcome,
    Configuration,
    ContractBroken,
    Created,
    Datapoint,
    Dataset,
    Deleted,
    Fields,
    NotOffered,
    Page,
    Project,
    Refusal,
    Tool,
    Updated,
)
from .things import ThingsOverCarrier, batch_outcome, need


class DatasetsOverCarrier(ThingsOverCarrier[Dataset]):
    """See `interface.Datasets`."""

    key, operations, listed_as, model = "dataset", "datasets", "datasets", Dataset

    def get(self, thing_id: str) -> Dataset | Refusal:
        """See `interface.Things`; the platform answers a list of one."""
        answer = self._send("get", query={"dataset_id": thing_id})
        return answer if isinstance(answer, Refusal) else self._only(thing_id, self._page(answer, "get"))

    def add_rows(
        self,
        dataset_id: str,
        rows: Sequence[Any],
        *,
        inputs: Sequence[str] = (),
        ground_truth: Sequence[str] = (),
        history: Sequence[str] = (),
    ) -> BatchOutcome | Refusal:
        """See `interface.Datasets`."""
        mapping = {"inputs": list(inputs), "history": list(history), "ground_truth": list(ground_truth)}
        answer = self._send("add_rows", {"id": dataset_id}, body={"data": list(rows), "mapping": mapping})
        return answer if isinstance(answer, Refusal) else batch_outcome(answer, "datapoint_ids", "datasets.add_rows")

    def remove_datapoint(self, dataset_id: str, datapoint_id: str) -> Deleted | Refusal:
        """See `interface.Datasets`."""
        answer = self._send("remove_datapoint", {"id": dataset_id, "datapoint": datapoint_id})
        if isinstance(answer, Refusal):
            return answer
        confirmed = need(answer, "dereferenced", "datasets.remove_datapoint", bool)
        return Deleted(id=datapoint_id, confirmed=confirmed)

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "result.insertedId", "datasets.create", str))

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        changed = self._thing(need(answer, "result", "datasets.update"), "update")
        return Updated(id=thing_id, confirmed=changed.id == thing_id)

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        return Deleted(id=thing_id, confirmed=need(answer, "result.id", "datasets.delete") == thing_id)


class DatapointsOverCarrier(ThingsOverCarrier[Datapoint]):
    """See `interface.Datapoints`."""

    key, operations, listed_as, model = "datapoint", "datapoints", "datapoints", Datapoint

    def get(self, thing_id: str) -> Datapoint | Refusal:
        """See `interface.Things`; the platform answers a list of one."""
        answer = self._send("get", {"id": thing_id})
        if isinstance(answer, Refusal):
            return answer
        items = need(answer, "datapoint", "datapoints.get", list)
        return self._only(thing_id, Page[Datapoint](items=tuple(self._thing(item, "get") for item in items)))

    def create_many(self, rows: Sequence[Any], *, dataset_id: str | None = None) -> BatchOutcome | Refusal:
        """See `interface.Datapoints`."""
        return self._batch(
            {"datapoints": [self._body(row) if isinstance(row, Mapping) else row for row in rows]}, dataset_id
        )

    def create_from_events(
        self, event_ids: Sequence[str], *, dataset_id: str | None = None, **mapping: Sequence[str]
    ) -> BatchOutcome | Refusal:
        """See `interface.Datapoints`."""
        named = {part: list(paths) for part, paths in mapping.items()}
        return self._batch({"events": list(event_ids), **({"mapping": named} if named else {})}, dataset_id)

    def _batch(self, body: dict[str, Any], dataset_id: str | None) -> BatchOutcome | Refusal:
        answer = self._send("create_many", body=body | ({} if dataset_id is None else {"dataset_id": dataset_id}))
        return answer if isinstance(answer, Refusal) else batch_outcome(answer, "insertedIds", "datapoints.create_many")

    def _created(self, answer: Any) -> Created:
        ids = need(answer, "result.insertedIds", "datapoints.create", list)
        if len(ids) != 1:
            raise ContractBroken("datapoints.create", f"one datapoint was sent, {len(ids)} ids were answered", answer)
        return Created(id=ids[0])

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        return Updated(id=thing_id, confirmed=need(answer, "updated", "datapoints.update", bool))

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        return Deleted(id=thing_id, confirmed=need(answer, "deleted", "datapoints.delete", bool))


class ConfigurationsOverCarrier(ThingsOverCarrier[Configuration]):
    """See `interface.Configurations`."""

    key, operations, listed_as, model = "configuration", "configurations", "configurations", Configuration

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`.

        The platform wants the name with every change and replaces the model's parameters whole. So what is not to be
        changed is read first and sent along, unless the thing is unknown or everything is given.
        """
        body = self._body(changes)
        if "name" not in body or "parameters" in body:
            body = _completed(body, self._as_stored(thing_id))
        answer = self._send("update", {"id": thing_id}, body=body)
        return answer if isinstance(answer, Refusal) else self._updated(thing_id, answer)

    def _as_stored(self, thing_id: str) -> Mapping[str, Any]:
        # by the list, which every platform has, and as the wire has it: what is sent back must be what is stored
        answer = self._send("list")
        stored = [] if isinstance(answer, Refusal) else need(answer, self.listed_as, "configurations.list", list)
        return next((one for one in stored if isinstance(one, Mapping) and one.get("id") == thing_id), {})

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "insertedId", "configurations.create", str))

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        taken = need(answer, "acknowledged", "configurations.update", bool)
        return Updated(id=thing_id, confirmed=taken and need(answer, "matchedCount", "configurations.update") == 1)

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        taken = need(answer, "acknowledged", "configurations.delete", bool)
        return Deleted(id=thing_id, confirmed=taken and need(answer, "deletedCount", "configurations.delete") == 1)


def _completed(body: dict[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    completed = {"name": stored["name"], **body} if "name" in stored else dict(body)
    if isinstance(completed.get("parameters"), Mapping):
        kept = {name: value for name, value in stored.get("parameters", {}).items() if value is not None}
        completed["parameters"] = kept | completed["parameters"]
    return completed


class ToolsOverCarrier(ThingsOverCarrier[Tool]):
    """See `interface.Tools`."""

    key, operations, listed_as, model = "tool", "tools", "tools", Tool

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "result.insertedId", "tools.create", str))

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        return Updated(id=thing_id, confirmed=need(answer, "updated", "tools.update", bool))

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        return Deleted(id=thing_id, confirmed=need(answer, "deleted", "tools.delete", bool))


class ProjectsOverCarrier(ThingsOverCarrier[Project]):
    """See `interface.Projects`."""

    key, operations, listed_as, model = "project", "projects", "projects", Project

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """Projects stay."""
        raise NotOffered(f"projects cannot be deleted ({thing_id})")

    def _created(self, answer: Any) -> Created:
        return Created(id=need(answer, "id", "projects.create", str), key=need(answer, "key", "projects.create", str))

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        return Updated(id=thing_id, confirmed=self._thing(answer, "update").id == thing_id)
