"""Whether a platform can do what its target claims, asked over the wire, in both directions.

A probe works with things of its own and takes them away again. It is True only when the operation does what the
capability says, not when a path merely answers: a platform that ignores ``limit`` does not have paging. What cannot be
asked through the product's own interface (``platform.control``, ``platform.restart``) is known to whoever started the
platform, and has no probe here. Nor has what takes a program (``platform.programs``, ``platform.sdk``), or what could
not be taken back: spans of no session (``platform.collector.dialects``, ``platform.collector.metrics``,
``platform.collector.sessions``), sessions (``platform.events``, ``platform.events.ids``, ``platform.events.search``),
keys (``platform.keys``), projects (``platform.projects.rename``). For the same reason two probes see a part only: of
``platform.projects`` that they are listed and opened, of ``platform.experiments.summary`` the sum and the comparison of
runs without scores.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_exponential

from .collector import SpanSent
from .interface import BatchOutcome, ContractBroken, Created, Datapoint, Fields, NotOffered, Page, Refusal
from .nouns import noun
from .platform import Platform

Probe = Callable[[Platform], bool]
SEEN_WITHIN_S = 10
"""How long a probe looks for what is seen only a while after it was taken."""
MANY = 6
"""So many things are in their order by chance once in 720 times."""


def _kept(kind: str, fields: Callable[[], Fields] = dict) -> Probe:
    """Whether a thing of this kind can be made, opened with these fields, and deleted."""

    def kept(platform: Platform) -> bool:
        return _keeps(platform, kind, fields())

    return kept


def _keeps(platform: Platform, kind: str, said: Fields) -> bool:
    made = _create(platform, kind, said)
    if made is None:
        return False
    try:
        read = platform.second.of(kind).get(made)
    finally:
        deleted = _delete(platform, kind, made)
    if isinstance(read, Refusal) or read.id != made:
        return False
    return deleted and {name: read.fields[name] for name in said} == said


def _kept_for_a_dataset(kind: str, fields: Callable[[str], Fields]) -> Probe:
    """The same of a thing that is of a dataset; `fields` are those of one of it."""

    def kept(platform: Platform) -> bool:
        with _made(platform, "dataset") as dataset:
            return dataset is not None and _keeps(platform, kind, fields(dataset))

    return kept


def _configurations(platform: Platform) -> bool:
    with _made(platform, "configuration") as made:
        listed = platform.second.configurations.list()
        return not isinstance(listed, Refusal) and made in [each.id for each in listed.items]


def _renamed(kind: str) -> Probe:
    """Whether a thing of this kind can be given another name."""

    def renamed(platform: Platform) -> bool:
        name = _unique()
        with _made(platform, kind) as made:
            if made is None or isinstance(platform.second.of(kind).update(made, {"name": name}), Refusal):
                return False
            read = platform.second.of(kind).get(made)
            return not isinstance(read, Refusal) and read.name == name

    return renamed


def _experiments_paged(platform: Platform) -> bool:
    with _made(platform, "run") as first, _made(platform, "run") as second:
        if first is None or second is None:
            return False
        page = platform.second.runs.list(limit=1, page=1)
        return not isinstance(page, Refusal) and len(page.items) == 1 and (page.total or 0) >= 2


def _summary(platform: Platform) -> bool:
    runs = platform.second.runs
    with _made(platform, "run") as new, _made(platform, "run") as old:
        if new is None or old is None:
            return False
        summed, compared = runs.result(new, "sum"), runs.compare(new, old, "sum")
        if isinstance(summed, Refusal) or isinstance(compared, Refusal):
            return False
        sides = compared.new_run, compared.old_run
        return (summed.function, summed.metrics, sides, compared.metrics) == ("sum", (), (new, old), ())


def _rows(platform: Platform) -> bool:
    with _made(platform, "dataset") as dataset:
        if dataset is None:
            return False
        row = {"probe": _unique()}
        stored = platform.second.datasets.add_rows(dataset, [row], inputs=["probe"])
        if isinstance(stored, Refusal):
            return False
        try:
            read = [platform.second.datapoints.get(each) for each in stored.ids]
        finally:
            deleted = [_delete(platform, "datapoint", each) for each in stored.ids]
        return [each.inputs for each in read if isinstance(each, Datapoint)] == [row] and all(deleted)


def _history(platform: Platform) -> bool:
    said = [{"role": "user", "content": _unique()}]
    with _made(platform, "dataset") as dataset:
        if dataset is None:
            return False
        with _made(platform, "datapoint", {"linked_datasets": [dataset], "history": said}) as made:
            read = None if made is None else platform.second.datapoints.get(made)
            return isinstance(read, Datapoint) and list(read.history) == said


def _inputs(platform: Platform) -> bool:
    inputs = {"question": _unique()}
    with _made(platform, "dataset") as dataset:
        if dataset is None:
            return False
        with _made(platform, "datapoint", {"linked_datasets": [dataset]}) as made:
            if made is None or isinstance(platform.second.datapoints.update(made, {"inputs": inputs}), Refusal):
                return False
            read = platform.second.datapoints.get(made)
            return isinstance(read, Datapoint) and read.inputs == inputs


def _order(platform: Platform) -> bool:
    rows = [{"inputs": {"question": _unique()}} for _ in range(MANY)]
    with _made(platform, "dataset") as dataset:
        stored = None if dataset is None else platform.second.datapoints.create_many(rows, dataset_id=dataset)
        if dataset is None or not isinstance(stored, BatchOutcome):
            return False
        try:
            read = platform.second.datasets.get(dataset)
        finally:
            for made in stored.ids:
                _delete(platform, "datapoint", made)
        return not isinstance(read, Refusal) and read.datapoints == stored.ids


def _paging(platform: Platform) -> bool:
    with _made(platform, "dataset") as first, _made(platform, "dataset") as second:
        if first is None or second is None:
            return False
        pages = [platform.second.datasets.list(limit=1, page=number) for number in (1, 2)]
        ids = [[thing.id for thing in page.items] for page in pages if not isinstance(page, Refusal)]
        return [len(page) for page in ids] == [1, 1] and ids[0] != ids[1]


def _projects(platform: Platform) -> bool:
    listed = platform.second.projects.list()
    if isinstance(listed, Refusal) or not listed.items:  # whoever asks has one
        return False
    first = listed.items[0]
    read = platform.second.projects.get(first.id)
    return not isinstance(read, Refusal) and (read.id, read.name) == (first.id, first.name)


def _delete_session(platform: Platform) -> bool:
    try:
        made = _create(platform, "session", {})
    except NotOffered:  # nothing begins one but a span
        with _begun(platform, "protobuf") as begun:
            return begun is not None and _delete(platform, "session", begun)
    return made is not None and _delete(platform, "session", made)


def _json(platform: Platform) -> bool:
    with _begun(platform, "JSON") as begun:
        return begun is not None


@contextmanager
def _begun(platform: Platform, form: str) -> Iterator[str | None]:
    """The id of the session that a span in this form begins, None where it begins none; it is deleted in the end."""
    name, ids = _unique(), uuid.uuid4().bytes
    span = SpanSent(ids, ids[:8], name, attributes={"session.id": name})
    try:
        yield name if _seen(platform, span, form) else None
    finally:
        _delete(platform, "session", name)


def _seen(platform: Platform, span: SpanSent, form: str) -> bool:
    within = SEEN_WITHIN_S
    try:
        if isinstance(platform.collector.export([span], form), Refusal):
            return False
    except ContractBroken:  # taken, perhaps, and answered in another form: one look tells
        within = 0

    looking = Retrying(
        stop=stop_after_delay(within),
        wait=wait_exponential(multiplier=0.01, max=0.5),
        retry=retry_if_result(lambda found: isinstance(found, Refusal)),
    )
    try:
        looking(platform.second.sessions.get, span.name)
    except RetryError:
        return False
    return True


def _second_key(platform: Platform) -> bool:
    try:
        foreign = platform.foreign.second
    except LookupError:  # nobody here holds a key of another project
        return False
    return not isinstance(foreign.datasets.list(), Refusal)


def _tenants(platform: Platform) -> bool:
    try:
        doors = platform.second, platform.foreign.second
    except LookupError:  # nobody here holds a key of another project
        return False
    with _made(platform, "dataset") as made:
        if made is None:
            return False
        own, foreign = (isinstance(door.datasets.get(made), Refusal) for door in doors)
        return foreign and not own


def the_same_project(platform: Platform) -> str | None:
    """The name of the one project that the platform shows to both its key and the foreign one; None otherwise."""
    try:
        lists = [door.projects.list() for door in (platform.second, platform.foreign.second)]
    except (ContractBroken, LookupError, NotOffered):
        return None
    shown = {tuple((each.id, each.name) for each in listed.items) for listed in lists if isinstance(listed, Page)}
    if len(shown) != 1 or any(isinstance(listed, Refusal) for listed in lists):
        return None
    (projects,) = shown
    return projects[0][1] if len(projects) == 1 else None


_PROBED: Mapping[str, Probe] = {
    "platform.collector.json": _json,
    "platform.configurations": _configurations,
    "platform.configurations.completion": _kept(
        "configuration", lambda: {"call_type": "completion", "template": _unique()}
    ),
    "platform.configurations.environments": _kept(
        "configuration", lambda: {"environments": ["prod"], "tags": [_unique()]}
    ),
    "platform.configurations.functions": _kept("configuration", lambda: {"functions": [_function()]}),
    "platform.configurations.get": _kept("configuration"),
    "platform.configurations.rename": _renamed("configuration"),
    "platform.datapoints": _kept_for_a_dataset("datapoint", lambda dataset: {"linked_datasets": [dataset]}),
    "platform.datapoints.alone": _kept("datapoint"),
    "platform.datapoints.history": _history,
    "platform.datapoints.rows": _rows,
    "platform.datapoints.inputs": _inputs,
    "platform.datapoints.order": _order,
    "platform.datasets.metadata": _kept("dataset", lambda: {"metadata": {"probe": _unique()}}),
    "platform.datasets.rename": _renamed("dataset"),
    "platform.experiments": _kept_for_a_dataset("run", lambda dataset: {"dataset": dataset}),
    "platform.experiments.alone": _kept("run"),
    "platform.experiments.paging": _experiments_paged,
    "platform.experiments.status": _kept("run", lambda: {"status": "running"}),
    "platform.experiments.summary": _summary,
    "platform.metrics": _kept("metric"),
    "platform.paging": _paging,
    "platform.projects": _projects,
    "platform.second-key": _second_key,
    "platform.sessions.delete": _delete_session,
    "platform.tenants": _tenants,
    "platform.tools": _kept("tool"),
}


def _guarded(probe: Probe) -> Probe:
    def works(platform: Platform) -> bool:
        try:
            return probe(platform)
        except (ContractBroken, NotOffered):  # another shape is a "no"; Unreachable is nobody's answer, and is raised
            return False

    works.__name__ = probe.__name__
    return works


PROBES: Mapping[str, Probe] = {name: _guarded(probe) for name, probe in _PROBED.items()}
"""Capability to probe. A probe raises `Unreachable` when there was no answer at all."""


def _unique() -> str:
    return f"probe-{uuid.uuid4().hex}"


def _function() -> dict[str, Any]:
    name = _unique()
    return {"id": name, "name": name, "parameters": {"type": "object", "properties": {"order": {"type": "string"}}}}


def _create(platform: Platform, kind: str, fields: Fields) -> str | None:
    smallest = {**noun(kind).smallest, **({"name": _unique()} if noun(kind).named else {}), **fields}
    outcome = platform.second.of(kind).create(smallest)
    return outcome.id if isinstance(outcome, Created) else None


def _delete(platform: Platform, kind: str, thing_id: str) -> bool:
    try:
        outcome = platform.second.of(kind).delete(thing_id)
    except (ContractBroken, NotOffered):
        return False
    return not isinstance(outcome, Refusal) and outcome.confirmed


@contextmanager
def _made(platform: Platform, kind: str, fields: Fields | None = None) -> Iterator[str | None]:
    """The id of a new thing, None where the platform makes none; it is deleted in the end."""
    made = _create(platform, kind, fields or {})
    try:
        yield made
    finally:
        if made is not None:
            _delete(platform, kind, made)
