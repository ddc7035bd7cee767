"""Proves that the platform serves what else the SDK offers: charts, annotation queues, keys of their own kinds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from honeyhive._generated.models import (
    CreateAnnotationQueueRequest,
    CreateChartRequest,
    CreateDataPlaneApiKeyRequest,
    CreateIngestionApiKeyRequest,
    UpdateAnnotationQueueRequest,
    UpdateChartRequest,
)
from honeyhive._generated.services import (
    Charts_service,
    Data_Plane_Api_Keys_service,
    Ingestion_Api_Keys_service,
    Queues_service,
)

from support.checks.waiting import eventually

from .conftest import Tenant

CHART = {
    "name": "Cost",
    "description": "by day",
    "metric": "cost",
    "func": "sum",
    "groupBy": "event_name",
    "bucketing": "hour",
    "query": [{"field": "event_type", "operator": "is", "value": "model", "type": "string"}],
    "owner_id": "ada",
}
WANTED = {"filterArray": [{"field": "event_type", "operator": "is", "value": "model", "type": "string"}]}


# Charts --------------------------------------------------------------------------------------------------------------


def test_charts_live_at_the_old_path(tenant: Tenant) -> None:
    config = tenant.sdk.api_config
    made = Charts_service.createChartLegacy(config, data=CreateChartRequest(**CHART)).data
    assert {name: getattr(made, name) for name in CHART} == CHART
    assert (made.is_active, made.dateRange) == (True, None)
    changed = Charts_service.updateChartLegacy(config, chart_id=made.id, data=UpdateChartRequest(name="Price")).data
    assert (changed.name, changed.metric) == ("Price", "cost")
    assert [chart.name for chart in Charts_service.getChartsLegacy(config).data] == ["Price"]
    assert Charts_service.deleteChartLegacy(config, chart_id=made.id).success is True
    tenant.refused("GET", f"/v1/charts/{made.id}", status=404, naming=made.id)
    tenant.refused("DELETE", f"/v1/charts/{made.id}", status=404)
    tenant.refused("PUT", f"/v1/charts/{made.id}", {"name": "x"}, status=404)


def test_charts_live_at_the_projects_path(tenant: Tenant, foreign: Tenant) -> None:
    config, project = tenant.sdk.api_config, tenant.project
    made = Charts_service.createChart(config, project_id=project, data=CreateChartRequest(**CHART)).data
    change = UpdateChartRequest(description="by week")
    Charts_service.updateChart(config, project_id=project, chart_id=made.id, data=change)
    found = Charts_service.getChart(config, project_id=project, chart_id=made.id).data
    assert (found.description, found.name) == ("by week", "Cost")
    assert [chart.id for chart in Charts_service.getCharts(config, project_id=project).data] == [made.id]
    foreign.refused("GET", f"/v1/projects/{project}/charts", status=404, naming=project)
    foreign.refused("GET", f"/v1/charts/{made.id}", status=404)
    assert foreign.call("GET", "/v1/charts")["data"] == []
    Charts_service.deleteChart(config, project_id=project, chart_id=made.id)
    assert Charts_service.getCharts(config, project_id=project).data == []


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": " "}, "name"),
        ({"metric": None}, "metric"),
        ({"query": [{"field": "a", "operator": "like", "value": "x"}]}, "query[0].operator"),
        ({"dateRange": {"relative": "soon"}}, "dateRange.relative"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_chart_is_refused_by_name(tenant: Tenant, fields: dict[str, Any], named: str) -> None:
    tenant.refused("POST", "/v1/charts", {"name": "C", "metric": "m", **fields}, status=400, naming=named)
    assert tenant.call("GET", "/v1/charts")["data"] == []


# Annotation queues ---------------------------------------------------------------------------------------------------


def test_queues_are_kept(tenant: Tenant, foreign: Tenant) -> None:
    config = tenant.sdk.api_config
    request = CreateAnnotationQueueRequest(name="Review", description="d", filters=WANTED, event_ids=["a", "b"])
    made = Queues_service.createQueue(config, data=request).queue
    assert (made.name, made.description, made.enabled) == ("Review", "d", True)
    assert (made.scope_type, made.scope_id) == ("project", tenant.project)
    change = UpdateAnnotationQueueRequest(
        id=made.id, name="Again", enabled=False, add_event_ids=["c", "a"], remove_event_ids=["b"]
    )
    Queues_service.updateQueue(config, queue_id=made.id, data=change)
    found = tenant.call("GET", f"/v1/queues/{made.id}")
    assert (found["name"], found["enabled"], found["event_ids"]) == ("Again", False, ["a", "c"])
    assert (found["description"], found["filters"]) == ("d", WANTED)
    assert Queues_service.getQueue(config, queue_id=made.id).name == "Again"
    assert [queue.id for queue in Queues_service.getQueues(config).queues] == [made.id]
    assert Queues_service.getQueues(config, enabled=True).queues == []
    assert [queue.id for queue in Queues_service.getQueues(config, enabled=False).queues] == [made.id]
    foreign.refused("GET", f"/v1/queues/{made.id}", status=404)
    Queues_service.deleteQueue(config, queue_id=made.id)
    for method in ("GET", "DELETE"):
        tenant.refused(method, f"/v1/queues/{made.id}", status=404, naming=made.id)


def test_creating_a_queue_answers_201(tenant: Tenant) -> None:
    made = tenant.call("POST", "/v1/queues", {"name": "Q"}, expect=201)["queue"]
    assert (made["description"], made["filters"], made["enabled"]) == ("", {"filterArray": []}, True)
    tenant.refused("POST", "/v1/queues", {"name": ""}, status=400, naming="name")
    tenant.refused("PUT", f"/v1/queues/{made['id']}", {"id": "other"}, status=400, naming="id")


# Keys ----------------------------------------------------------------------------------------------------------------


def status(tenant: Tenant, key: str, method: str, path: str, body: Any = None) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.request(method, f"{tenant.address}{path}", json=body, headers=headers).status_code


def test_an_ingestion_key_takes_events_in_and_reads_nothing(tenant: Tenant, foreign: Tenant) -> None:
    request = CreateIngestionApiKeyRequest(name="tracer", description="d")
    made = Ingestion_Api_Keys_service.createIngestionApiKey(
        tenant.sdk.api_config, project_id=tenant.project, data=request
    ).data
    assert made.key_value.startswith("hh_ingst_")
    assert (made.name, made.root_scope_type, made.root_scope_id) == ("tracer", "project", tenant.project)
    event = {"event": {"event_type": "tool", "inputs": {}, "event_id": "by-key"}}
    assert status(tenant, made.key_value, "POST", "/events", event) == 200
    assert status(tenant, made.key_value, "POST", "/session/start", {"session": {}}) == 200
    assert status(tenant, made.key_value, "POST", "/v1/events/search", {}) == 403
    assert status(tenant, made.key_value, "GET", "/v1/datasets") == 403
    assert tenant.call("GET", "/v1/events/by-key")["event"]["event_id"] == "by-key"
    body = {"name": "theirs"}
    foreign.refused("POST", f"/v1/projects/{tenant.project}/ingestion_api_keys", body, status=404)
    tenant.refused(
        "POST", f"/v1/projects/{tenant.project}/ingestion_api_keys", {"name": " "}, status=400, naming="name"
    )


def test_a_data_plane_key_opens_the_charts(tenant: Tenant) -> None:
    request = CreateDataPlaneApiKeyRequest(name="board", permissions=["charts:read"], expires_at="2999-01-01T00:00:00Z")
    made = Data_Plane_Api_Keys_service.createDataPlaneApiKey(
        tenant.sdk.api_config, project_id=tenant.project, data=request
    ).data
    assert made.key_value.startswith("hh_fgdp_")
    assert (made.permissions, made.expires_at) == (["charts:read"], "2999-01-01T00:00:00Z")
    assert status(tenant, made.key_value, "GET", f"/v1/projects/{tenant.project}/charts") == 200
    assert status(tenant, made.key_value, "GET", "/v1/charts") == 403
    path, body = f"/v1/projects/{tenant.project}/fine_grained_api_keys", {"name": "n", "permissions": ["p"]}
    tenant.refused("POST", path, {**body, "expires_at": "2001-01-01T00:00:00Z"}, status=400, naming="expires_at")
    tenant.refused(
        "POST", path, {**body, "permissions": [], "expires_at": "2999-01-01"}, status=400, naming="permissions"
    )


def test_a_data_plane_key_opens_nothing_once_it_has_expired(tenant: Tenant) -> None:
    expiry = (datetime.now(UTC) + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=-7)))
    body = {"name": "n", "permissions": ["charts:read"], "expires_at": expiry.isoformat()}
    made = tenant.call("POST", f"/v1/projects/{tenant.project}/fine_grained_api_keys", body)["data"]["key_value"]
    path = f"/v1/projects/{tenant.project}/charts"
    assert status(tenant, made, "GET", path) == 200

    def expired() -> None:
        assert status(tenant, made, "GET", path) == 401

    eventually(expired, within=5, what="the key has expired")
    assert datetime.now(UTC) >= expiry
