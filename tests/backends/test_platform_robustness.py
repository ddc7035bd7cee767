"""Proves that nothing that is sent makes the platform fail: every answer is a success or a refusal in the one form."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Tenant

FIELDS = ("name", "description", "metadata", "datapoints", "inputs", "ground_truth", "history", "linked_event",
          "linked_datasets", "data", "mapping", "events", "checkState", "filters", "provider", "type", "parameters",
          "call_type", "model", "template", "env", "tags", "tool_type", "dataset_id", "event_type", "event_id",
          "session_id", "criteria")  # fmt: skip
WRITES = [
    ("POST", "/v1/datasets"),
    ("PUT", "/v1/datasets"),
    ("PUT", "/v1/datasets/{id}"),
    ("POST", "/v1/datasets/{id}/datapoints"),
    ("POST", "/v1/datapoints"),
    ("POST", "/v1/datapoints/batch"),
    ("PUT", "/v1/datapoints/{id}"),
    ("POST", "/v1/configurations"),
    ("PUT", "/v1/configurations/{id}"),
    ("POST", "/v1/tools"),
    ("PUT", "/v1/tools/{id}"),
    ("PUT", "/v1/projects/{id}"),
]
READS = ["/v1/datasets", "/v1/datapoints", "/v1/configurations", "/v1/tools", "/v1/projects"]

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=4),
    max_leaves=12,
)
few = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def is_answered(response: Any) -> None:
    body = response.json()
    assert response.status_code < 500, body
    if response.status_code != 200:
        assert {"statusCode", "message", "success", "errorCode"} <= set(body)
        assert (body["statusCode"], body["success"]) == (response.status_code, False)


@pytest.mark.parametrize(("method", "path"), WRITES)
@few
@given(body=st.dictionaries(st.sampled_from(FIELDS), values, max_size=6) | values, thing=st.text(min_size=1))
def test_any_body_is_answered(tenant: Tenant, method: str, path: str, body: Any, thing: str) -> None:
    filled = path.format(id=quote(thing, safe=""))
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    is_answered(tenant.http.request(method, filled, content=content, headers=headers))


@pytest.mark.parametrize("path", READS)
@few
@given(
    parameters=st.dictionaries(
        st.sampled_from([*FIELDS, "limit", "page", "datapoint_ids[]", "dataset_name"]),
        st.text() | st.integers(),
        max_size=3,
    )
)
def test_any_query_is_answered(tenant: Tenant, path: str, parameters: dict[str, Any]) -> None:
    is_answered(tenant.http.get(path, params=parameters))


@few
@given(body=st.binary(max_size=200))
def test_any_bytes_are_answered(tenant: Tenant, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    is_answered(tenant.http.post("/v1/datasets", content=body, headers=headers))
