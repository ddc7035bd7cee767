"""Proves that OpenTelemetry's own exporter is told of every platform where to send, as whom, and where it belongs."""

from __future__ import annotations

import pytest
from opentelemetry.util.re import parse_env_headers

from support.clients.evaluation_platform.adapters import adapter

AT = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("name", "key", "headers"),
    [
        ("honeyhive", "a key, of signs=", {"authorization": "Bearer a key, of signs="}),
        ("phoenix", "token@our project", {"authorization": "Bearer token", "x-project-name": "our project"}),
        (
            "mlflow",
            "dXM6cHc=@ours/7",
            {"authorization": "Basic dXM6cHc=", "x-mlflow-workspace": "ours", "x-mlflow-experiment-id": "7"},
        ),
    ],
)
def test_an_exporter_is_told_in_its_own_variables(name: str, key: str, headers: dict[str, str]) -> None:
    platform = adapter(name)(AT, key)
    told = platform.exporting()
    platform.close()
    assert told["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] == f"{AT}/v1/traces"
    assert parse_env_headers(told["OTEL_EXPORTER_OTLP_TRACES_HEADERS"], liberal=True) == headers


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("honeyhive", {"honeyhive.session_id": "chat", "honeyhive_event_type": "model", "cost": 0.5}),
        ("phoenix", {"session.id": "chat", "openinference.span.kind": "LLM", "cost": 0.5}),
        ("mlflow", {"session.id": "chat", "mlflow.spanType": "LLM", "cost": 0.5}),
    ],
)
def test_a_span_says_what_it_is_in_the_platform_s_words(name: str, said: dict[str, object]) -> None:
    platform = adapter(name)(AT, "key")
    attributes = {"honeyhive.session_id": "chat", "honeyhive_event_type": "model", "cost": 0.5}
    assert platform.collector.said(attributes) == said
    platform.close()
