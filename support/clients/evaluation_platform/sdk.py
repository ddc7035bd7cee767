"""The first door: the unmodified honeyhive SDK wherever it wraps the operation, plain HTTP where it does not.

What the SDK cannot carry goes over plain HTTP, and ``carried_by`` says why: operations it lacks (tools, projects,
deleting a session, computing a metric, reading one configuration or event), query parameters it does not know
(paging of datasets), and bodies that its models would change on the way (a wrong type, an explicit null: the SDK
drops nulls and refuses or converts types before sending).

The SDK builds an httpx client for each call, with a TLS context even for a plain ``http`` address. There ``verify`` is
set to False on the SDK's own configuration object (the documented seam for private CAs), which makes the context
cheap. ``tests/clients/test_transport.py`` measures it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from .carrying import Call, refusal
from .interface import ContractBroken, Refusal, Unreachable
from .plain import PlainCarrier, host_of

# Read once, when the SDK is imported; its own default for reading events is 300 s, longer than any scenario.
os.environ.setdefault("HH_EXPORT_TIMEOUT_SECONDS", "30")

from honeyhive import HoneyHive
from honeyhive import models as sdk_models
from honeyhive._generated.api_config import HTTPException
from honeyhive.utils.error_handler import APIError
from honeyhive.utils.retry import RetryConfig

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Wrapped:
    """How the SDK wraps an operation.

    ``send`` calls it; ``request`` is the SDK's model of the body; ``id_field`` is where the id goes when the SDK wants
    it in the body; ``query`` are the query parameters that it can pass on; ``envelope`` names a list that it unwraps.
    """

    send: Callable[[Any, Any, Call], Any]
    request: str | None = None
    id_field: str | None = None
    query: frozenset[str] = frozenset()
    envelope: str | None = None


_RUN_QUERY = frozenset({"dataset_id", "page", "limit", "run_ids", "name", "status", "sort_by", "sort_order"})
_AGGREGATE = frozenset({"aggregate_function"})
_PAIRS = frozenset({"run_id_1", "run_id_2", "event_name", "event_type", "limit", "page"})

WRAPPED: Mapping[str, Wrapped] = {
    "datasets.create": Wrapped(lambda hh, body, call: hh.datasets.create(body), "CreateDatasetRequest"),
    "datasets.get": Wrapped(lambda hh, body, call: hh.datasets.list(**call.query), query=frozenset({"dataset_id"})),
    "datasets.list": Wrapped(
        lambda hh, body, call: hh.datasets.list(**call.query), query=frozenset({"dataset_id", "name"})
    ),
    "datasets.update": Wrapped(
        lambda hh, body, call: hh.datasets.update(body), "UpdateDatasetRequest", id_field="dataset_id"
    ),
    "datasets.delete": Wrapped(lambda hh, body, call: hh.datasets.delete(call.ids["id"])),
    "datasets.add_rows": Wrapped(
        lambda hh, body, call: hh.datasets.add_datapoints(call.ids["id"], body), "AddDatapointsToDatasetRequest"
    ),
    "datasets.remove_datapoint": Wrapped(
        lambda hh, body, call: hh.datasets.remove_datapoint(call.ids["id"], call.ids["datapoint"])
    ),
    "datapoints.create": Wrapped(lambda hh, body, call: hh.datapoints.create(body), "CreateDatapointRequest"),
    "datapoints.get": Wrapped(lambda hh, body, call: hh.datapoints.get(call.ids["id"])),
    "datapoints.list": Wrapped(
        lambda hh, body, call: hh.datapoints.list(**call.query), query=frozenset({"datapoint_ids", "dataset_name"})
    ),
    "datapoints.update": Wrapped(
        lambda hh, body, call: hh.datapoints.update(call.ids["id"], body), "UpdateDatapointRequest"
    ),
    "datapoints.delete": Wrapped(lambda hh, body, call: hh.datapoints.delete(call.ids["id"])),
    "configurations.create": Wrapped(
        lambda hh, body, call: hh.configurations.create(body), "CreateConfigurationRequest"
    ),
    "configurations.list": Wrapped(lambda hh, body, call: hh.configurations.list(), envelope="configurations"),
    "configurations.update": Wrapped(
        lambda hh, body, call: hh.configurations.update(call.ids["id"], body), "UpdateConfigurationRequest"
    ),
    "configurations.delete": Wrapped(lambda hh, body, call: hh.configurations.delete(call.ids["id"])),
    "metrics.create": Wrapped(lambda hh, body, call: hh.metrics.create(body), "CreateMetricRequest"),
    "metrics.get": Wrapped(
        lambda hh, body, call: hh.metrics.get_metric(call.query["id"]), query=frozenset({"id"}), envelope="metrics"
    ),
    "metrics.list": Wrapped(
        lambda hh, body, call: hh.metrics.list(**call.query), query=frozenset({"type"}), envelope="metrics"
    ),
    "metrics.update": Wrapped(lambda hh, body, call: hh.metrics.update(body), "UpdateMetricRequest", id_field="id"),
    "metrics.delete": Wrapped(lambda hh, body, call: hh.metrics.delete(call.ids["id"])),
    "metrics.versions": Wrapped(lambda hh, body, call: hh.metric_versions.list(call.ids["id"])),
    "metrics.add_version": Wrapped(
        lambda hh, body, call: hh.metric_versions.create(call.ids["id"], body), "CreateMetricVersionRequest"
    ),
    "metrics.deploy": Wrapped(lambda hh, body, call: hh.metric_versions.deploy(call.ids["id"], call.ids["version"])),
    "runs.create": Wrapped(lambda hh, body, call: hh.experiments.create_run(body), "PostExperimentRunRequest"),
    "runs.get": Wrapped(lambda hh, body, call: hh.experiments.get_run(call.ids["id"])),
    "runs.list": Wrapped(lambda hh, body, call: hh.experiments.list_runs(**call.query), query=_RUN_QUERY),
    "runs.update": Wrapped(
        lambda hh, body, call: hh.experiments.update_run(call.ids["id"], body), "PutExperimentRunRequest"
    ),
    "runs.delete": Wrapped(lambda hh, body, call: hh.experiments.delete_run(call.ids["id"])),
    "runs.result": Wrapped(
        lambda hh, body, call: hh.experiments.get_result(call.ids["id"], **call.query), query=_AGGREGATE
    ),
    "runs.compare": Wrapped(
        lambda hh, body, call: hh.experiments.compare_runs(call.ids["new"], call.ids["old"], **call.query),
        query=_AGGREGATE,
    ),
    "runs.compare_events": Wrapped(lambda hh, body, call: _compare_events(hh, **call.query), query=_PAIRS),
    "sessions.create": Wrapped(lambda hh, body, call: hh.sessions.start(body), "StartSessionRequest"),
    "events.create": Wrapped(lambda hh, body, call: hh.events.create(body), "PostEventRequest"),
    # the SDK checks the status of an update and answers nothing
    "events.update": Wrapped(
        lambda hh, body, call: hh.events.update(body) or {"success": True}, "UpdateEventRequest", id_field="event_id"
    ),
    "events.create_many": Wrapped(lambda hh, body, call: hh.events.create_batch(body), "PostEventBatchRequest"),
    "events.search": Wrapped(lambda hh, body, call: _export(hh, call.body)),
}
"""Operations that the SDK wraps; every other one it has not."""

_WRAPPERS: Mapping[str, str] = {"sessions.create": "session", "events.create": "event"}
"""Bodies that the SDK's (older) paths want in an envelope."""


def _compare_events(hh: Any, run_id_1: str, run_id_2: str, **rest: Any) -> Any:
    return hh.experiments.compare_run_events(run_id_1, run_id_2, **rest)


def _export(hh: Any, body: Mapping[str, Any]) -> Any:
    return hh.events.export(
        filters=body.get("filters"),
        date_range=body.get("dateRange"),
        **{name: body[name] for name in ("limit", "page") if name in body},
    )


_OTHER_KEYS = ("HH_INGESTION_API_KEY", "HH_DATA_PLANE_API_KEY")
"""The SDK would prefer these keys of the user's shell to the one that it is given, for sessions and events."""


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Environment variables that are not there meanwhile."""
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


def _bypass_proxies(address: str) -> None:
    """A proxy of the user's shell, which the SDK obeys, must not get what is meant for this machine."""
    host = urlsplit(address).hostname or ""
    if host not in ("127.0.0.1", "localhost", "::1"):
        return
    name = "no_proxy" if "no_proxy" in os.environ else "NO_PROXY"  # the lower-case one goes first
    excepted = [each for each in os.environ.get(name, "").split(",") if each]
    if host not in excepted:
        os.environ[name] = ",".join([*excepted, host])


class SdkCarrier:
    """Carries calls with the SDK, the rest with ``fallback``. One per address and key."""

    name = "honeyhive SDK"

    def __init__(self, address: str, key: str | None, fallback: PlainCarrier) -> None:
        """``key`` None: the SDK refuses to send without a key, so everything goes by ``fallback``."""
        self.address = address
        self.carried_by = self.name
        self._fallback = fallback
        self._sdk: Any = None
        if key:
            # retries would hide a platform that fails every other time; transport is not retried either: a verdict
            # on resilience is a scenario's own subject
            with _hidden(*_OTHER_KEYS):
                self._sdk = HoneyHive(
                    api_key=key, base_url=address, timeout=TIMEOUT_SECONDS, retry_config=RetryConfig(max_retries=0)
                )
            _bypass_proxies(address)
            if address.startswith("http://"):
                self._sdk.api_config.verify = False

    def send(self, call: Call) -> Any | Refusal:
        """See `Carrier.send`."""
        wrapped = WRAPPED.get(call.operation)
        reason, body = self._carriable(wrapped, call)
        if wrapped is None or reason:
            self.carried_by = f"{self._fallback.name} ({reason})"
            return self._fallback.send(call)
        self.carried_by = self.name
        try:
            answer = wrapped.send(self._sdk, body, call)
        except HTTPException as error:
            if error.status_code < 400:
                raise ContractBroken(call.operation, f"status {error.status_code} is no success", error) from error
            return refusal(error.status_code, {"message": error.server_message, "errorCode": error.error_code})
        except APIError as error:
            return _refusal_of_export(error)
        except httpx.TransportError as cause:
            raise Unreachable(host_of(self.address), cause) from cause
        except (ValidationError, TypeError, ValueError) as error:
            # the request was checked before it was sent: what the SDK could not read is the answer
            raise ContractBroken(call.operation, f"the SDK cannot read the answer: {error}", error) from error
        return _as_json(answer, wrapped.envelope)

    def send_bytes(self, operation: str, body: bytes, media_type: str) -> tuple[int, str]:
        """See `Carrier.send_bytes`: the SDK sends nothing malformed."""
        self.carried_by = f"{self._fallback.name} (the SDK sends nothing malformed)"
        return self._fallback.send_bytes(operation, body, media_type)

    def _carriable(self, wrapped: Wrapped | None, call: Call) -> tuple[str, Any]:
        """Why the SDK cannot carry the call (empty: it can), and the request model."""
        if self._sdk is None:
            return "the SDK sends nothing without a key", None
        if wrapped is None:
            return f"the SDK has no {call.operation}", None
        unknown = sorted(set(call.query) - wrapped.query)
        if unknown:
            return f"the SDK's {call.operation} has no {', '.join(unknown)}", None
        if wrapped.request is None or call.body is None:
            return _unquotable(call), None
        return _request(wrapped, call)


def _unquotable(call: Call) -> str:
    # the SDK puts ids into paths unquoted: an odd id would reach another path
    return (
        ""
        if all(value.replace("-", "").replace("_", "").isalnum() for value in call.ids.values())
        else ("the SDK does not quote ids")
    )


def _request(wrapped: Wrapped, call: Call) -> tuple[str, Any]:
    envelope = _WRAPPERS.get(call.operation)
    body = {envelope: call.body} if envelope else call.body
    if wrapped.id_field and isinstance(body, Mapping):
        body = {wrapped.id_field: call.ids["id"], **body}
    model = getattr(sdk_models, wrapped.request or "")
    try:
        request = model(**body)
    except (ValidationError, TypeError):
        return "the SDK's model refuses the body", None
    if not same_json(request.model_dump(exclude_none=True), body):
        return "the SDK would change the body", None
    return _unquotable(call), request


def same_json(left: Any, right: Any) -> bool:
    """Whether two JSON values are the same on the wire: 1 is 1.0, but True is not 1 and "1" is not 1."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same_json(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(same_json(one, other) for one, other in zip(left, right, strict=True))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _as_json(answer: Any, envelope: str | None) -> Any:
    if isinstance(answer, list):
        return {envelope: [_as_json(item, None) for item in answer]}
    if isinstance(answer, sdk_models.EventExportResponse):
        return {"events": [_as_json(event, None) for event in answer.events], "totalEvents": answer.total_events}
    return answer.model_dump(mode="json") if isinstance(answer, BaseModel) else answer


def _refusal_of_export(error: Any) -> Refusal:
    """The SDK's export wraps a refusal in a text of its own; the status is kept, the body is inside the message."""
    response = getattr(error, "error_response", None)
    status = getattr(response, "status_code", None) or 500
    text = str(getattr(response, "error_message", error))
    try:
        body: Any = httpx.Response(status, text=text).json()
    except ValueError:
        body = text
    return refusal(status, body)
