"""The second door: plain HTTP on the contract's current paths, one keep-alive connection, explicit timeouts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from .carrying import Call, refusal
from .interface import ContractBroken, Refusal, Unreachable

ROUTES: Mapping[str, tuple[str, str]] = {
    "datasets.create": ("POST", "/v1/datasets"),
    "datasets.get": ("GET", "/v1/datasets"),
    "datasets.list": ("GET", "/v1/datasets"),
    "datasets.update": ("PUT", "/v1/datasets/{id}"),
    "datasets.delete": ("DELETE", "/v1/datasets/{id}"),
    "datasets.add_rows": ("POST", "/v1/datasets/{id}/datapoints"),
    "datasets.remove_datapoint": ("DELETE", "/v1/datasets/{id}/datapoints/{datapoint}"),
    "datapoints.create": ("POST", "/v1/datapoints"),
    "datapoints.get": ("GET", "/v1/datapoints/{id}"),
    "datapoints.list": ("GET", "/v1/datapoints"),
    "datapoints.update": ("PUT", "/v1/datapoints/{id}"),
    "datapoints.delete": ("DELETE", "/v1/datapoints/{id}"),
    "datapoints.create_many": ("POST", "/v1/datapoints/batch"),
    "configurations.create": ("POST", "/v1/configurations"),
    "configurations.get": ("GET", "/v1/configurations/{id}"),
    "configurations.list": ("GET", "/v1/configurations"),
    "configurations.update": ("PUT", "/v1/configurations/{id}"),
    "configurations.delete": ("DELETE", "/v1/configurations/{id}"),
    "tools.create": ("POST", "/v1/tools"),
    "tools.get": ("GET", "/v1/tools/{id}"),
    "tools.list": ("GET", "/v1/tools"),
    "tools.update": ("PUT", "/v1/tools/{id}"),
    "tools.delete": ("DELETE", "/v1/tools/{id}"),
    "metrics.create": ("POST", "/v1/metrics"),
    "metrics.get": ("GET", "/v1/metrics"),
    "metrics.list": ("GET", "/v1/metrics"),
    "metrics.update": ("PUT", "/v1/metrics/{id}"),
    "metrics.delete": ("DELETE", "/v1/metrics/{id}"),
    "metrics.versions": ("GET", "/v1/metrics/{id}/versions"),
    "metrics.add_version": ("POST", "/v1/metrics/{id}/versions"),
    "metrics.deploy": ("POST", "/v1/metrics/{id}/versions/{version}/deploy"),
    "metrics.compute": ("POST", "/v1/metrics/run"),
    "runs.create": ("POST", "/v1/runs"),
    "runs.get": ("GET", "/v1/runs/{id}"),
    "runs.list": ("GET", "/v1/runs"),
    "runs.update": ("PUT", "/v1/runs/{id}"),
    "runs.delete": ("DELETE", "/v1/runs/{id}"),
    "runs.result": ("GET", "/v1/runs/{id}/summary"),
    "runs.compare": ("GET", "/v1/runs/{new}/compare/{old}"),
    "runs.compare_events": ("GET", "/v1/runs/compare/events"),
    "sessions.create": ("POST", "/v1/sessions"),
    "sessions.delete": ("DELETE", "/session/{id}"),
    "events.create": ("POST", "/v1/events"),
    "events.get": ("GET", "/v1/events/{id}"),
    "events.update": ("PUT", "/v1/events/{id}"),
    "events.create_many": ("POST", "/v1/events/batch"),
    "events.search": ("POST", "/v1/events/search"),
    "projects.create": ("POST", "/v1/projects"),
    "projects.get": ("GET", "/v1/projects/{id}"),
    "projects.list": ("GET", "/v1/projects"),
    "projects.update": ("PUT", "/v1/projects/{id}"),
}

TIMEOUT = httpx.Timeout(connect=5.0, read=30.0, write=10.0, pool=5.0)
"""Seconds. The longest answer is a metric that asks a model."""


class PlainCarrier:
    """Carries calls over one httpx client; thread-safe as httpx is. Close it."""

    name = "plain HTTP"

    def __init__(self, address: str, key: str | None, *, timeout: httpx.Timeout = TIMEOUT) -> None:
        """``key`` None sends no authorization at all. Environment proxies are ignored: they see no test traffic."""
        self.address = address.rstrip("/")
        self.carried_by = self.name
        headers = {"Accept": "application/json"} | ({} if key is None else {"Authorization": f"Bearer {key}"})
        self._client = httpx.Client(
            base_url=self.address,
            headers=headers,
            timeout=timeout,
            trust_env=False,
            verify=not self.address.startswith("http://"),  # spares a TLS context (20 ms) where there is no TLS
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, call: Call) -> Any | Refusal:
        """See `Carrier.send`."""
        method, path = ROUTES[call.operation]
        filled = path.format_map({name: quote(value, safe="") for name, value in call.ids.items()})
        response = self._request(
            method,
            filled,
            params=bracketed(call.query),
            content=None if call.body is None else json.dumps(call.body, ensure_ascii=False).encode(),
            headers={} if call.body is None else {"Content-Type": "application/json"},
        )
        return read(call.operation, response)

    def send_bytes(self, operation: str, body: bytes, media_type: str) -> tuple[int, str]:
        """See `Carrier.send_bytes`."""
        method, path = ROUTES[operation]
        response = self._request(method, path, content=body, headers={"Content-Type": media_type} if media_type else {})
        return response.status_code, response.text

    def exchange(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """Send bytes with these headers to a path; whatever was answered.

        Raises:
            Unreachable: there was no answer.

        """
        return self._request(method, path, content=body, headers=dict(headers))

    def _request(self, method: str, path: str, **parts: Any) -> httpx.Response:
        return requested(self._client, self.address, method, path, **parts)


def requested(client: httpx.Client, address: str, method: str, path: str, **parts: Any) -> httpx.Response:
    """What a client is answered by whatever is at an address.

    Raises:
        Unreachable: there was no answer.

    """
    try:
        return client.request(method, path, **parts)
    except httpx.TransportError as cause:
        raise Unreachable(host_of(address), cause) from cause


def host_of(address: str) -> str:
    """Host and port of an address."""
    return urlsplit(address).netloc or address


def bracketed(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Query parameters as the contract writes them: a list as ``name[]=a&name[]=b``, booleans in lower case."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if isinstance(value, (list, tuple)):
            pairs += [(f"{name}[]", str(item)) for item in value]
        elif isinstance(value, bool):
            pairs.append((name, str(value).lower()))
        elif isinstance(value, Mapping):
            pairs.append((name, json.dumps(value)))
        else:
            pairs.append((name, str(value)))
    return pairs


def read(operation: str, response: httpx.Response) -> Any | Refusal:
    """The JSON of a success, or the refusal; success is 200 or 201.

    Raises:
        ContractBroken: another success, or one whose body is empty or no JSON.

    """
    try:
        body = response.json()
    except ValueError:
        body = None
    if response.status_code >= 400:
        return refusal(response.status_code, response.text if body is None else body)
    if response.status_code not in (200, 201):
        raise ContractBroken(operation, f"status {response.status_code} is neither success nor refusal", response.text)
    if body is None:
        fault = "an empty body" if not response.content or response.text == "null" else "a body that is not JSON"
        raise ContractBroken(operation, f"success with {fault}", response.text)
    return body
