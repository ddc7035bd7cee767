"""Proves that the embedded platform keeps the contract about metrics: their life, and what they say of events."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from honeyhive._generated.models import UpdateMetricRequest as UpdateByPath
from honeyhive._generated.services import Metrics_service
from honeyhive.models import (
    CreateMetricRequest,
    CreateMetricVersionRequest,
    UpdateMetricRequest,
)

from support.backends.evaluation_platform import metric_runner
from support.backends.evaluation_platform.settings import Settings
from support.checks.waiting import eventually

from .conftest import PlatformProcess, Tenant

EVENT = {"event_type": "model", "inputs": {"q": "2+2"}, "outputs": {"content": "four"}}


def create(tenant: Tenant, **fields: Any) -> str:
    body = {"name": "length", "type": "PYTHON", "criteria": "len(event['outputs']['content'])", **fields}
    metric: str = tenant.call("POST", "/v1/metrics", body)["metric_id"]
    return metric


def read(tenant: Tenant, metric: str) -> dict[str, Any]:
    (found,) = tenant.call("GET", "/v1/metrics", params={"id": metric})["metrics"]
    assert isinstance(found, dict)
    return found


def run(tenant: Tenant, criteria: str, event: Any = None, *, expect: int = 200, **fields: Any) -> Any:
    metric = {"name": "m", "type": "PYTHON", "criteria": criteria, **fields}
    return tenant.call("POST", "/v1/metrics/run", {"metric": metric, "event": event or EVENT}, expect=expect)


def cause(tenant: Tenant, criteria: str, **fields: Any) -> str:
    answer = run(tenant, criteria, expect=422, **fields)
    assert answer["result"] is None
    message: str = answer["message"]
    return message


# Life ----------------------------------------------------------------------------------------------------------------


def test_what_the_sdk_creates_reads_back_whole(tenant: Tenant) -> None:
    said = {
        "name": "tone",
        "type": "LLM",
        "criteria": "Is {{outputs.content}} polite?",
        "description": "politeness",
        "return_type": "categorical",
        "enabled_in_prod": False,
        "needs_ground_truth": True,
        "sampling_percentage": 25.5,
        "model_provider": "openai",
        "model_name": "gpt-4o",
        "scale": 5,
        "threshold": {"min": 1, "max": 5, "pass_when": 3, "passing_categories": ["polite"]},
        "categories": [{"category": "polite", "score": 1}, {"category": "rude", "score": 0}],
        "child_metrics": [{"name": "other", "weight": 0.5, "scale": 2}],
        "filters": {"filterArray": [{"field": "event_type", "operator": "is", "value": "model", "type": "string"}]},
    }
    created = tenant.sdk.metrics.create(CreateMetricRequest(**said))
    assert created.inserted is True
    found = read(tenant, created.metric_id)
    assert {name: value for name, value in found.items() if name in said} == said
    assert set(found) - set(said) == {"id", "created_at", "updated_at"}
    (listed,) = tenant.sdk.metrics.list()
    assert (listed.id, listed.sampling_percentage) == (created.metric_id, 25.5)


def test_a_metric_has_defaults(tenant: Tenant) -> None:
    found = read(tenant, create(tenant))
    assert found["return_type"] == "float"
    assert (found["enabled_in_prod"], found["needs_ground_truth"]) == (False, False)
    assert found["sampling_percentage"] == 100
    assert found["filters"] == {"filterArray": []}


def test_metrics_are_listed_newest_first_and_by_type(tenant: Tenant, foreign: Tenant) -> None:
    create(foreign)
    ids = [create(tenant, name=kind, type=kind, criteria="1") for kind in ("PYTHON", "HUMAN", "LLM")]
    assert [metric["id"] for metric in tenant.call("GET", "/v1/metrics")["metrics"]] == ids[::-1]
    assert [metric.id for metric in tenant.sdk.metrics.list(type="HUMAN")] == [ids[1]]
    assert tenant.call("GET", "/v1/metrics", params={"id": "unknown"})["metrics"] == []


def test_an_update_changes_what_was_sent_and_keeps_the_rest(tenant: Tenant) -> None:
    metric = create(tenant, description="old", threshold={"min": 1})
    before = read(tenant, metric)
    assert tenant.sdk.metrics.update(UpdateMetricRequest(id=metric, description="new")).updated is True
    tenant.call("PUT", f"/v1/metrics/{metric}", {"criteria": "1"})
    tenant.call("PUT", f"/v1/metrics/{metric}", {"threshold": None, "name": None})
    after = read(tenant, metric)
    assert after.pop("updated_at") > before.pop("updated_at")
    assert after == {**before, "description": "new", "criteria": "1", "threshold": None}


def test_the_sdk_updates_by_path(tenant: Tenant) -> None:
    metric = create(tenant)
    config = tenant.sdk.api_config
    Metrics_service.updateMetric(config, metric_id=metric, data=UpdateByPath(name="renamed"))
    assert read(tenant, metric)["name"] == "renamed"


def test_a_metric_is_deleted_once(tenant: Tenant, foreign: Tenant) -> None:
    metric, other = create(tenant), create(tenant, name="other")
    foreign.refused("DELETE", f"/v1/metrics/{metric}", status=404)
    assert tenant.sdk.metrics.delete(metric).deleted is True
    tenant.refused("DELETE", f"/v1/metrics/{metric}", status=404, naming=metric)
    tenant.refused("DELETE", "/v1/metrics", params={"metric_id": metric}, status=404, naming=metric)
    tenant.refused("PUT", f"/v1/metrics/{metric}", {"name": "x"}, status=404)
    assert [one["id"] for one in tenant.call("GET", "/v1/metrics")["metrics"]] == [other]
    assert tenant.call("DELETE", "/v1/metrics", params={"metric_id": other}) == {"deleted": True}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": " "}, "name"),
        ({"name": None}, "name"),
        ({"type": "MAGIC"}, "type"),
        ({"criteria": ""}, "criteria"),
        ({"return_type": "int"}, "return_type"),
        ({"sampling_percentage": 101}, "sampling_percentage"),
        ({"threshold": {"least": 1}}, "threshold.least"),
        ({"child_metrics": [{"name": "a"}]}, "child_metrics.0.weight"),
        ({"type": "COMPOSITE"}, "child_metrics"),
        (
            {"filters": {"filterArray": [{"field": "a", "operator": "like", "value": "b"}]}},
            "filters.filterArray[0].operator",
        ),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_bad_metric_is_refused_by_name(tenant: Tenant, fields: dict[str, Any], named: str) -> None:
    body = {"name": "m", "type": "PYTHON", "criteria": "1", **fields}
    tenant.refused("POST", "/v1/metrics", body, status=400, naming=named)
    assert tenant.call("GET", "/v1/metrics")["metrics"] == []


def test_a_name_is_taken_once(tenant: Tenant, foreign: Tenant) -> None:
    create(tenant)
    create(foreign)
    other = create(tenant, name="other")
    tenant.refused(
        "POST", "/v1/metrics", {"name": "length", "type": "PYTHON", "criteria": "1"}, status=409, naming="name"
    )
    tenant.refused("PUT", "/v1/metrics", {"id": other, "name": "length"}, status=409, naming="name")


# Versions ------------------------------------------------------------------------------------------------------------


def test_versions_are_listed_created_and_deployed_by_the_sdk(tenant: Tenant) -> None:
    metric = create(tenant)
    versions = tenant.sdk.metric_versions

    def content(criteria: str) -> dict[str, str]:
        return {"name": "length", "type": "PYTHON", "criteria": criteria}

    assert versions.list(metric).data == []
    first = versions.create(metric, CreateMetricVersionRequest(message="one", content=content("1"))).data
    assert (first.name, first.message, first.deployed, len(first.full_sha)) == ("v1", "one", False, 40)
    assert read(tenant, metric)["criteria"] == "len(event['outputs']['content'])"
    request = CreateMetricVersionRequest(message="two", content=content("2"), deploy_immediately=True)
    assert versions.create(metric, request).data.deployed is True
    assert read(tenant, metric)["criteria"] == "2"
    assert versions.deploy(metric, "v1").data.deployed is True
    assert read(tenant, metric)["criteria"] == "1"
    listed = versions.list(metric).data
    assert [(one.name, one.deployed, one.content.criteria) for one in listed] == [("v2", False, "2"), ("v1", True, "1")]
    tenant.call("PUT", f"/v1/metrics/{metric}", {"criteria": "3"})
    assert not any(one.deployed for one in versions.list(metric).data)


def test_unknown_versions_are_not_found(tenant: Tenant, foreign: Tenant) -> None:
    metric = create(tenant)
    tenant.refused("POST", f"/v1/metrics/{metric}/versions/v9/deploy", status=404, naming="v9")
    tenant.refused("GET", "/v1/metrics/unknown/versions", status=404, naming="unknown")
    foreign.refused("GET", f"/v1/metrics/{metric}/versions", status=404)
    bad = {"message": "m", "content": {"name": "length", "type": "PYTHON", "criteria": " "}}
    tenant.refused("POST", f"/v1/metrics/{metric}/versions", bad, status=400, naming="content.criteria")


# PYTHON --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/metrics/run", "/v1/metrics/run_metric"])
def test_running_a_metric_answers_its_score(tenant: Tenant, path: str) -> None:
    metric = {"name": "m", "type": "PYTHON", "criteria": "len(event['outputs']['content'])"}
    answer = tenant.call("POST", path, {"metric": metric, "event": EVENT})
    assert answer == {"success": True, "loading": False, "result": 4, "explanation": None}


@pytest.mark.parametrize(
    ("criteria", "return_type", "expected"),
    [
        ("1.5", "float", 1.5),
        ("event['inputs']['q'] == '2+2'", "boolean", True),
        ("import math\nresult = math.sqrt(16)", "float", 4.0),
        ("def m(event):\n    return 'ok', 'because'", "string", "ok"),
        ("def helper(x):\n    return x * 2\n\ndef evaluate(event):\n    return helper(21)", "float", 42),
        ("{'score': 0.5, 'explanation': 'half'}", "float", 0.5),
        ("from collections import Counter\nresult = Counter('aab').most_common(1)[0][0]", "categorical", "a"),
        ("{'score': sum(len(w) for w in event['outputs']['content'].split())}", "float", 4),
    ],
)
def test_python_criteria_in_each_form(tenant: Tenant, criteria: str, return_type: str, expected: Any) -> None:
    assert run(tenant, criteria, return_type=return_type)["result"] == expected


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ("1/0", "ZeroDivisionError: division by zero (line 1)"),
        ("event['outputs']['text']", "KeyError: 'text'"),
        ("x = 1\ny = (", "SyntaxError"),
        ("x = 1", "give no value"),
        ("None", "NoneType"),
        ("'text'", "return type float"),
        ("True", "return type float"),
        ("float('nan')", "nan"),
    ],
)
def test_a_failing_metric_is_an_error_with_its_cause(tenant: Tenant, criteria: str, said: str) -> None:
    message = cause(tenant, criteria)
    assert message.startswith("metric m failed: ")
    assert said in message


@pytest.mark.parametrize(
    "criteria",
    [
        "open('/etc/hostname').read()",
        "__import__('os').getcwd()",
        "import os\nresult = os.getcwd()",
        "import socket\nresult = 1",
        "().__class__.__base__.__subclasses__()",
        "(lambda: 0).__globals__",
        "[x for x in (i for i in [1])].gi_frame",
        "eval('1')",
        "exec('x = 1')",
        "getattr(event, 'keys')",
        "import statistics\nresult = statistics.sys.modules",
        "import string\nresult = string.Formatter().get_field('0.__class__', (1,), {})",
    ],
)
def test_criteria_cannot_leave_their_box(tenant: Tenant, criteria: str) -> None:
    cause(tenant, criteria, return_type="string")


def test_criteria_have_limited_time_and_memory(tenant: Tenant) -> None:
    assert "MB were needed" in cause(tenant, "x = [0] * 10**9\nresult = len(x)")
    with pytest.raises(metric_runner.MetricError, match="time limit"):
        compute(Settings(metric_seconds=0.3), type="PYTHON", criteria="while True: pass\nresult = 1")


def test_a_metric_that_needs_a_ground_truth_says_so(tenant: Tenant) -> None:
    assert "ground truth" in cause(tenant, "1", needs_ground_truth=True)
    truth = {**EVENT, "feedback": {"ground_truth": "four"}}
    criteria = "event['feedback']['ground_truth'] == event['outputs']['content']"
    answer = run(tenant, criteria, truth, needs_ground_truth=True, return_type="boolean")
    assert answer["result"] is True


# Other types ---------------------------------------------------------------------------------------------------------


def compute(settings: Settings, **fields: Any) -> metric_runner.Score:
    metric = {"name": "m", "criteria": "1", **fields}
    return metric_runner.compute(metric, EVENT, settings, lambda _child: None)


def test_a_human_metric_is_not_computed(tenant: Tenant) -> None:
    assert "HUMAN" in cause(tenant, "judge it", type="HUMAN")


def test_a_composite_is_the_weighted_mean_of_its_children(tenant: Tenant) -> None:
    length = create(tenant)
    create(tenant, name="right", criteria="True", return_type="boolean")
    children = [{"id": length, "name": "length", "weight": 1, "scale": 8}, {"name": "right", "weight": 3}]
    fields: dict[str, Any] = {"type": "COMPOSITE", "child_metrics": children}
    answer = run(tenant, "weighted average", **fields)
    assert answer["result"] == (4 / 8 * 1 + 1 * 3) / 4
    assert run(tenant, "weighted-sum", **fields)["result"] == 4 / 8 * 1 + 1 * 3


def test_a_composite_fails_with_its_child(tenant: Tenant, foreign: Tenant) -> None:
    create(tenant, name="broken", criteria="1/0")
    create(foreign, name="foreign")
    broken = cause(tenant, "mean", type="COMPOSITE", child_metrics=[{"name": "broken", "weight": 1}])
    assert "child 'broken' failed: ZeroDivisionError" in broken
    missing = cause(tenant, "mean", type="COMPOSITE", child_metrics=[{"name": "foreign", "weight": 1}])
    assert "'foreign' is no metric of this project" in missing


@dataclass
class Model:
    """A model that says what it is told to say."""

    address: str = ""
    reply: str = ""
    status: int = 200
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    told = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked.append({"path": self.path, **body})
            told.keys.append(self.headers["Authorization"])
            message = {"role": "assistant", "content": told.reply}
            choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
            answer = {"id": "1", "object": "chat.completion", "created": 1, "model": body["model"], "choices": choices}
            if told.status != 200:
                answer = {"error": {"message": "no such model", "type": "invalid_request_error"}}
            payload = json.dumps(answer).encode()
            self.send_response(told.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.address = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


def judged(model: Model, reply: str, **fields: Any) -> metric_runner.Score:
    model.reply, model.status = reply, 200
    settings = Settings(openai_base_url=model.address, openai_api_key="sk-test", metric_model="judge-1")
    return compute(settings, type="LLM", **{"criteria": "Rate {{outputs.content}} for {{inputs.q}}", **fields})


def test_llm_criteria_are_asked_of_the_configured_model(
    model: Model, start_platform: Callable[..., PlatformProcess], admit: Callable[..., Tenant]
) -> None:
    tenant = admit(start_platform(OPENAI_BASE_URL=model.address, OPENAI_API_KEY="sk-test"))
    model.reply = '{"explanation": "it is right", "score": 4}'
    answer = run(tenant, "Rate {{outputs.content}} for {{ inputs.q }}", type="LLM", model_name="judge-2", scale=5)
    assert (answer["result"], answer["explanation"]) == (4, "it is right")
    asked = model.asked[-1]
    assert (asked["path"], asked["model"], asked["temperature"]) == ("/v1/chat/completions", "judge-2", 0)
    assert asked["messages"][-1]["content"] == "Rate four for 2+2"
    assert "from 0 to 5" in asked["messages"][0]["content"]
    assert model.keys[-1] == "Bearer sk-test"
    model.status = 404
    message = cause(tenant, "Rate it", type="LLM")
    assert "could not be asked: NotFoundError" in message
    assert "sk-test" not in message


@pytest.mark.parametrize(
    ("reply", "fields", "expected"),
    [
        ('```json\n{"score": "3"}\n```', {}, 3),
        ("Reasoning. Rating: [[2.5]]", {}, 2.5),
        ('{"result": true}', {"return_type": "boolean"}, True),
        ("0.5", {}, 0.5),
        ('{"score": "polite"}', {"return_type": "categorical", "categories": [{"category": "polite"}]}, "polite"),
    ],
)
def test_a_models_reply_is_read(model: Model, reply: str, fields: dict[str, Any], expected: Any) -> None:
    assert judged(model, reply, **fields).value == expected
    assert model.asked[-1]["model"] == "judge-1"


@pytest.mark.parametrize(
    ("reply", "fields", "said"),
    [
        ("I like it", {}, "holds no score"),
        ('{"opinion": 1}', {}, "holds no score"),
        ("", {}, "empty answer"),
        ('{"score": "rude"}', {"return_type": "categorical", "categories": [{"category": "polite"}]}, "rude"),
        ("1", {"criteria": "Rate {{outputs.nothing}}"}, "outputs.nothing"),
    ],
)
def test_a_reply_without_a_score_is_an_error(model: Model, reply: str, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(metric_runner.MetricError, match=said):
        judged(model, reply, **fields)


def test_without_a_key_llm_criteria_name_the_remedy() -> None:
    with pytest.raises(metric_runner.MetricError, match="OPENAI_API_KEY"):
        compute(Settings(), type="LLM")


# Arriving events -----------------------------------------------------------------------------------------------------


def metrics_of(tenant: Tenant, event: str) -> dict[str, Any]:
    metrics = tenant.call("GET", f"/v1/events/{event}")["event"]["metrics"]
    assert isinstance(metrics, dict)
    return metrics


def test_enabled_metrics_score_the_arriving_events_that_meet_their_filters(tenant: Tenant, foreign: Tenant) -> None:
    models = {"filterArray": [{"field": "event_type", "operator": "is", "value": "model", "type": "string"}]}
    tools = {"filterArray": [{"field": "event_type", "operator": "is", "value": "tool", "type": "string"}]}
    create(tenant, name="off")
    create(tenant, name="for tools", enabled_in_prod=True, filters=tools)
    create(tenant, name="never sampled", enabled_in_prod=True, sampling_percentage=0)
    create(tenant, name="human", type="HUMAN", enabled_in_prod=True)
    create(tenant, name="broken", criteria="1/0", enabled_in_prod=True, filters=models)
    create(foreign, name="foreign", enabled_in_prod=True)
    explained = "(len(event['outputs']['content']), 'counted')"
    create(tenant, name="length", criteria=explained, enabled_in_prod=True, filters=models)
    event = tenant.call("POST", "/v1/events", {**EVENT, "metrics": {"given": 1}})["event_id"]

    def scored() -> None:
        assert {"length", "broken_explanation"} <= metrics_of(tenant, event).keys()

    eventually(scored, within=10, what="the event is scored")
    assert metrics_of(tenant, event) == {
        "given": 1,
        "length": 4,
        "length_explanation": "counted",
        "broken_explanation": "failed: ZeroDivisionError: division by zero (line 1)",
    }


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ("'x' * 30_000_000", "the value is a text of 30000000 characters, more than 10000"),
        ("(1, 'x' * 10_001)", "the explanation is a text of 10001 characters"),
    ],
)
def test_a_metric_says_no_more_than_anybody_reads(tenant: Tenant, criteria: str, said: str) -> None:
    assert said in cause(tenant, criteria, return_type="string")
    assert run(tenant, "'x' * 10_000", return_type="string")["result"] == "x" * 10_000


def test_the_fault_of_a_metric_is_cut(tenant: Tenant) -> None:
    told = cause(tenant, "event['x' * 30_000_000]")
    assert len(told) < 10_200
    assert "KeyError: 'xxx" in told
    assert "(30000002 characters)" in told
