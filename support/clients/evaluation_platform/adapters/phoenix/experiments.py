"""Experiments as runs. An experiment is of one dataset, and is listed by it; it has no status and no results."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ...foreign import naming
from ...interface import (
    Accepted,
    Comparison,
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
from .pages import PAGE, Turned, turn, turn_graph, whole
from .wire import Wire

OWN = ("name", "description", "metadata")
WORDS = {**{name: name for name in OWN}, "dataset": ("Invalid dataset ID", "Dataset")}
SHOWN = "id name description metadata createdAt updatedAt dataset { id }"
GET = f"query($id: ID!) {{ node(id: $id) {{ ... on Experiment {{ {SHOWN} }} }} }}"
NEXT = "pageInfo { hasNextPage endCursor }"
EACH = f"{{ edges {{ node {{ {SHOWN} }} }} {NEXT} }}"
LIST = (
    "query($first: Int, $after: String) { datasets(first: $first, after: $after)"
    f" {{ edges {{ node {{ id experiments(first: 100) {EACH} }} }} {NEXT} }} }}"
)
MORE = (
    "query($id: ID!, $after: String)"
    f" {{ node(id: $id) {{ ... on Dataset {{ experiments(first: 100, after: $after) {EACH} }} }} }}"
)
WITH_ITS_SPANS = {"delete_project": "true"}


class Runs:
    """See `interface.Runs`; the interfaces differ in how experiments are read."""

    noun = "run"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`."""
        _within(fields, (*OWN, "dataset"))
        if "dataset" not in fields:
            raise NotOffered("an experiment of Phoenix is of one dataset")
        body = {name: value for name, value in fields.items() if name in OWN}
        answer = self._wire.ask("POST", f"datasets/{fields['dataset']}/experiments", body)
        if isinstance(answer, Refusal):
            return naming(answer, WORDS)
        return Created(id=need(answer, "data.id", "experiments.create", str))

    @abstractmethod
    def get(self, thing_id: str) -> Run | Refusal:
        """See `interface.Things`."""

    @abstractmethod
    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Run] | Refusal:
        """See `interface.Things`."""

    def find(self, name: str) -> Page[Run] | Refusal:
        """See `interface.Things`."""
        raise NotOffered(f"Phoenix finds no experiment by its name: {name!r}")

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`."""
        _within(changes, OWN)
        answer = self._wire.ask("PATCH", f"experiments/{thing_id}", dict(changes))
        return naming(answer, WORDS) if isinstance(answer, Refusal) else Updated(id=thing_id)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("DELETE", f"experiments/{thing_id}", query=WITH_ITS_SPANS)
        return answer if isinstance(answer, Refusal) else Deleted(id=thing_id)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        raise NotOffered("an experiment of Phoenix is made below its dataset")

    def result(self, run_id: str, function: str | None = None) -> RunResult | Refusal:
        """See `interface.Runs`."""
        raise NotOffered("the adapter of Phoenix sums nothing up")

    def compare(self, new: str, old: str, function: str | None = None) -> Comparison | Refusal:
        """See `interface.Runs`."""
        raise NotOffered("the adapter of Phoenix compares nothing")

    def compare_events(
        self, first: str, second: str, *, limit: int | None = None, page: int | None = None, **filters: Any
    ) -> Page[EventPair] | Refusal:
        """See `interface.Runs`."""
        raise NotOffered("the adapter of Phoenix compares nothing")


class RestRuns(Runs):
    """As REST shows them."""

    def get(self, thing_id: str) -> Run | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("GET", f"experiments/{thing_id}")
        return answer if isinstance(answer, Refusal) else _of_rest(need(answer, "data", "experiments.get"))

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Run] | Refusal:
        """See `interface.Things`: those of one dataset, or of each."""
        _choosable(limit, page, filters)
        datasets = [{"id": filters["dataset"]}] if "dataset" in filters else self._all("datasets")
        if isinstance(datasets, Refusal):
            return datasets
        found: list[Run] = []
        for dataset in datasets:
            experiments = self._all(f"datasets/{dataset['id']}/experiments")
            if isinstance(experiments, Refusal):
                return naming(experiments, WORDS)
            found += map(_of_rest, experiments)
        return Page[Run](items=tuple(found))

    def _all(self, path: str) -> Sequence[Any] | Refusal:
        return whole(lambda cursor: turn(self._wire, path, cursor, {"limit": PAGE}))


class GraphRuns(Runs):
    """As GraphQL shows them."""

    def get(self, thing_id: str) -> Run | Refusal:
        """See `interface.Things`."""
        answer = self._wire.query("node", GET, id=thing_id)
        return answer if isinstance(answer, Refusal) else _of_graph(answer)

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Run] | Refusal:
        """See `interface.Things`: those of one dataset, or of each."""
        _choosable(limit, page, filters)
        datasets = whole(
            lambda cursor: turn_graph(self._wire.query("datasets", LIST, first=PAGE, after=cursor), "edges")
        )
        if isinstance(datasets, Refusal):
            return datasets
        found: list[Any] = []
        for dataset in datasets:
            if filters.get("dataset") not in (None, dataset["id"]):
                continue
            experiments = whole(partial(self._turn, dataset))
            if isinstance(experiments, Refusal):
                return experiments
            found += experiments
        return Page[Run](items=tuple(map(_of_graph, found)))

    def _turn(self, dataset: Mapping[str, Any], cursor: str | None) -> Turned:
        """A page of a dataset's experiments; the first came with the dataset."""
        shown = dataset if cursor is None else self._wire.query("node", MORE, id=dataset["id"], after=cursor)
        return turn_graph(shown, "experiments.edges")


def _choosable(limit: Any, page: int | None, filters: Mapping[str, Any]) -> None:
    _within(filters, ("dataset",))
    # the first page of everything is how the suite counts what is there
    if page not in (None, 1) or (limit is not None and limit != PAGE):
        raise NotOffered("Phoenix lists experiments by their dataset only: there are no pages of all of them")


def _within(fields: Iterable[str], known: Sequence[str]) -> None:
    if beyond := sorted(set(fields) - set(known)):
        raise NotOffered(f"an experiment of Phoenix has no {', '.join(beyond)}")


def _of_rest(wire: Mapping[str, Any]) -> Run:
    return _thing(wire, wire["dataset_id"], wire["created_at"], wire["updated_at"])


def _of_graph(wire: Mapping[str, Any]) -> Run:
    return _thing(wire, need(wire, "dataset.id", "experiments"), wire["createdAt"], wire["updatedAt"])


def _thing(wire: Mapping[str, Any], dataset: str, created_at: str, updated_at: str) -> Run:
    told = {name: wire[name] for name in ("id", *OWN)}
    return parse(Run, {**told, "dataset": dataset, "created_at": created_at, "updated_at": updated_at}, "experiments")
