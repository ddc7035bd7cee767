"""The same user's story twice, by the SDK's synchronous and by its asynchronous methods, and what each was told.

Address and key come from the environment, as the SDK reads them. The story touches every operation that the SDK offers
in both forms; ids are replaced by labels and times are left out, so that the two accounts can be compared as they are.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from honeyhive import HoneyHive, models
from honeyhive._generated.api_config import HTTPException
from pydantic import BaseModel

Answer = Any
Ask = Callable[..., Awaitable[Answer]]
"""``await ask("datasets.create", request)``: an operation by namespace and name, whichever form is used."""

_TIMES = frozenset({"created_at", "updated_at", "start_time", "end_time", "duration", "date"})
_SECRET_SHAPES = frozenset({"full_sha"})
"""Differ between two equal things by their nature."""

METRIC = {"type": "PYTHON", "criteria": "len(event['outputs'])", "return_type": "float"}
PARAMETERS = {"call_type": "chat", "model": "gpt-4o", "template": [{"role": "system", "content": "Be brief."}]}


class Account:
    """What one telling of the story was told: answers by step, ids by label, and what it made and has to be undone."""

    def __init__(self, mark: str) -> None:
        """``mark`` is part of every name that this telling gives."""
        self.mark = mark
        self.told: dict[str, Any] = {}
        self.made: list[dict[str, str]] = []
        self._labels: dict[str, str] = {mark: "MARK"}

    def label(self, thing_id: str, label: str, kind: str | None = None) -> str:
        """Know an id under a label; with a ``kind`` it is something that has to be undone."""
        self._labels[thing_id] = f"<{label}>"
        if kind is not None:
            self.made.append({"kind": kind, "id": thing_id})
        return thing_id

    def note(self, step: str, answer: Answer) -> None:
        """Keep an answer, readable and without what differs by nature."""
        self.told[step] = _without(_plain(answer), _TIMES | _SECRET_SHAPES)

    def account(self) -> dict[str, Any]:
        """All answers with labels for ids."""
        text = json.dumps(self.told, sort_keys=True)
        for thing_id, label in self._labels.items():
            text = text.replace(thing_id, label)
        told: dict[str, Any] = json.loads(text)
        return told


def _plain(answer: Answer) -> Any:
    if isinstance(answer, BaseModel):
        return answer.model_dump(mode="json")
    if isinstance(answer, list):
        return [_plain(item) for item in answer]
    return answer


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _without(item, names) for name, item in value.items() if name not in names}
    return [_without(item, names) for item in value] if isinstance(value, list) else value


def _of_ids(answer: Sequence[Any], *ids: str) -> list[Any]:
    return [item for item in answer if item.id in ids]


async def sessions_and_events(ask: Ask, account: Account) -> None:
    """A session with single events, a batch, an update, and the export of all."""
    start = {
        "session_name": f"visit {account.mark}",
        "source": "sdk",
        "inputs": {"q": 1},
        "user_properties": {"p": "gold"},
    }
    session = await ask("sessions.start", models.StartSessionRequest(session=start))
    account.label(session.session_id, "session", "session")
    account.note("a session is started", session)
    event = {
        "event_type": "model",
        "event_name": "ask",
        "inputs": {"q": 1},
        "session_id": session.session_id,
        "start_time": 1000,
    }
    created = await ask("events.create", models.PostEventRequest(event=event))
    account.label(created.event_id, "event")
    account.note("an event is created", created)
    more = [{**event, "event_type": "tool", "event_name": f"step {n}", "start_time": 2000 + n} for n in range(3)]
    batch = await ask("events.create_batch", models.PostEventBatchRequest(events=more))
    for number, event_id in enumerate(batch.event_ids):
        account.label(event_id, f"event of the batch {number}")
    account.note("a batch is created", batch)
    update = models.UpdateEventRequest(
        event_id=created.event_id, outputs={"a": "b"}, metrics={"m": 0.5}, metadata={"k": 1}
    )
    account.note("an event is updated", await ask("events.update", update))
    condition = {"field": "session_id", "operator": "is", "value": session.session_id, "type": "string"}
    account.note("the session's events are exported", await ask("events.export", filters=[condition], limit=10))
    query = {"filters": [condition], "limit": 2, "page": 2}
    account.note("a page of the session's events is listed", await ask("events.list", query))


async def datasets_and_datapoints(ask: Ask, account: Account) -> None:
    """A dataset with rows and a datapoint of its own: read, changed, taken apart, deleted."""
    made = await ask("datasets.create", models.CreateDatasetRequest(name=f"cases {account.mark}", description="d"))
    dataset = account.label(made.result.insertedId, "dataset", "dataset")
    account.note("a dataset is created", made)
    rows = {
        "data": [{"q": "one", "a": "1"}, {"q": "two", "a": "2"}],
        "mapping": {"inputs": ["q"], "ground_truth": ["a"]},
    }
    added = await ask("datasets.add_datapoints", dataset, models.AddDatapointsToDatasetRequest(**rows))
    for number, datapoint_id in enumerate(added.datapoint_ids):
        account.label(datapoint_id, f"row {number}", "datapoint")
    account.note("rows are added", added)
    lone = await ask(
        "datapoints.create", models.CreateDatapointRequest(inputs={"q": "three"}, linked_datasets=[dataset])
    )
    datapoint = account.label(lone.result.insertedIds[0], "datapoint", "datapoint")
    account.note("a datapoint is created", lone)
    changes = models.UpdateDatapointRequest(ground_truth={"a": "3"})
    account.note("a datapoint is changed", await ask("datapoints.update", datapoint, changes))
    account.note("a datapoint is read", await ask("datapoints.get", datapoint))
    listed = await ask("datapoints.list", datapoint_ids=[datapoint, *added.datapoint_ids])
    account.note("datapoints are listed", _of_ids(listed.datapoints, datapoint, *added.datapoint_ids))
    account.note("a row is taken out", await ask("datasets.remove_datapoint", dataset, added.datapoint_ids[0]))
    changed = models.UpdateDatasetRequest(dataset_id=dataset, description="changed")
    account.note("a dataset is changed", await ask("datasets.update", changed))
    account.note("a dataset is found", await ask("datasets.list", name=f"cases {account.mark}"))
    account.note("an unused name finds nothing", await ask("datasets.list", name=f"unused {account.mark}"))
    account.note("a datapoint is deleted", await ask("datapoints.delete", datapoint))
    account.note("a dataset is deleted", await ask("datasets.delete", dataset))
    account.note("a dataset is deleted again", await _refused(ask("datasets.delete", dataset)))


async def configurations_and_metrics(ask: Ask, account: Account) -> None:
    """A configuration and a metric with a version: read, changed, deleted."""
    request = {"name": f"prompt {account.mark}", "provider": "openai", "parameters": PARAMETERS, "env": ["dev"]}
    made = await ask("configurations.create", models.CreateConfigurationRequest(**request))
    configuration = account.label(made.insertedId, "configuration", "configuration")
    account.note("a configuration is created", made)
    changes = models.UpdateConfigurationRequest(name=f"prompt {account.mark}", tags=["changed"])
    account.note("a configuration is changed", await ask("configurations.update", configuration, changes))
    account.note("configurations are listed", _of_ids(await ask("configurations.list"), configuration))
    account.note("a configuration is deleted", await ask("configurations.delete", configuration))
    definition = {"name": f"length {account.mark}", **METRIC}
    created = await ask("metrics.create", models.CreateMetricRequest(**definition))
    metric = account.label(created.metric_id, "metric", "metric")
    account.note("a metric is created", created)
    account.note(
        "a metric is changed", await ask("metrics.update", models.UpdateMetricRequest(id=metric, description="c"))
    )
    account.note("metrics are listed", _of_ids(await ask("metrics.list", type="PYTHON"), metric))
    version = models.CreateMetricVersionRequest(message="first", content=definition)
    kept = await ask("metric_versions.create", metric, version)
    account.note("a version is kept", kept)
    account.note("a version is deployed", await ask("metric_versions.deploy", metric, kept.data.name))
    account.note("versions are listed", await ask("metric_versions.list", metric))
    account.note("a metric is deleted", await ask("metrics.delete", metric))


async def experiments(ask: Ask, account: Account) -> None:
    """Two runs: read, changed, summed up, compared, deleted."""
    ids = []
    for number in range(2):
        request = {"name": f"run {number} {account.mark}", "status": "pending", "metadata": {"n": number}}
        made = await ask("experiments.create_run", models.PostExperimentRunRequest(**request))
        ids.append(account.label(made.run_id, f"run {number}", "run"))
        account.label(made.evaluation.id, f"record of run {number}")
        account.note(f"run {number} is created", made)
    changes = models.PutExperimentRunRequest(status="completed", results={"kept": 1})
    account.note("a run is changed", await ask("experiments.update_run", ids[0], changes))
    account.note("a run is read", await ask("experiments.get_run", ids[0]))
    listed = await ask("experiments.list_runs", run_ids=ids, sort_by="name", sort_order="asc")
    account.note("runs are listed", listed.evaluations)
    account.note("a run is summed up", await ask("experiments.get_result", ids[0], "average"))
    account.note("runs are compared", await ask("experiments.compare_runs", ids[1], ids[0]))
    account.note("a run is deleted", await ask("experiments.delete_run", ids[0]))
    account.note("a deleted run is read", await _refused(ask("experiments.get_run", ids[0])))


async def _refused(asked: Awaitable[Answer]) -> dict[str, Any]:
    try:
        return {"not refused": _plain(await asked)}
    except HTTPException as refusal:
        return {"status": refusal.status_code, "message": refusal.server_message, "code": refusal.error_code}


CHAPTERS: Mapping[str, Callable[[Ask, Account], Awaitable[None]]] = {
    each.__name__: each
    for each in (sessions_and_events, datasets_and_datapoints, configurations_and_metrics, experiments)
}


def _operation(client: HoneyHive, name: str, suffix: str) -> Callable[..., Any]:
    namespace, _, method = name.partition(".")
    operation: Callable[..., Any] = getattr(getattr(client, namespace), method + suffix)
    return operation


async def _tell(client: HoneyHive, mark: str, chapters: Sequence[str], *, asynchronous: bool) -> Account:
    async def ask(name: str, /, *positional: Any, **named: Any) -> Answer:
        if asynchronous:
            return await _operation(client, name, "_async")(*positional, **named)
        return _operation(client, name, "")(*positional, **named)

    account = Account(mark)
    for chapter in chapters:
        ended = await _refused(CHAPTERS[chapter](ask, account))
        if "not refused" not in ended:
            account.note(f"{chapter} ends early", ended)  # both forms must end at the same step, in the same way
    return account


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Tell the story in both forms.

    ``mark`` is part of every name; ``chapters`` are names of `CHAPTERS`, all by default.

    Returns: ``synchronous`` and ``asynchronous``, each step to what was told, and ``made``, ``{"kind", "id"}``
    of all that was created (some of it deleted again by the story).
    """
    client = HoneyHive()
    if client.server_url.startswith("http://"):
        client.api_config.verify = False  # no TLS context for each call; see the client's sdk.py
    chapters = arguments.get("chapters", list(CHAPTERS))
    accounts = {
        name: asyncio.run(_tell(client, f"{arguments['mark']}-{name}", chapters, asynchronous=name == "asynchronous"))
        for name in ("synchronous", "asynchronous")
    }
    made = [each for account in accounts.values() for each in account.made]
    return {**{name: account.account() for name, account in accounts.items()}, "made": made}
