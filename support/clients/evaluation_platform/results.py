"""Results of experiments, from the wire to product terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .carrying import expect_object
from .interface import (
    Comparison,
    ContractBroken,
    DatapointMetric,
    DatapointResult,
    MetricAggregate,
    MetricComparison,
    RunResult,
)
from .translation import parse


def run_result(answer: Any) -> RunResult:
    """The summary of a run.

    Raises:
        ContractBroken: the answer is not of the contract's shape.

    """
    operation = "runs.result"
    wire = expect_object(operation, answer)
    metrics = expect_object(operation, wire.get("metrics"))
    values = {
        "status": wire.get("status"),
        "success": wire.get("success"),
        "function": metrics.get("aggregation_function"),
        "metrics": [_aggregate(item, operation) for item in _list(metrics, "details", operation)],
        "datapoints": [_datapoint(item, operation) for item in _list(wire, "datapoints", operation)],
        "passed": wire.get("passed"),
        "failed": wire.get("failed"),
    }
    return parse(RunResult, values, operation)


def comparison(answer: Any) -> Comparison:
    """Two runs beside each other.

    Raises:
        ContractBroken: the answer is not of the contract's shape.

    """
    operation = "runs.compare"
    wire = expect_object(operation, answer)
    values = {
        "old_run": expect_object(operation, wire.get("old_run")).get("run_id"),
        "new_run": expect_object(operation, wire.get("new_run")).get("run_id"),
        "metrics": [_compared(item, operation) for item in _list(wire, "metrics", operation)],
        "common": wire.get("commonDatapoints"),
    }
    return parse(Comparison, values, operation)


def _list(wire: Mapping[str, Any], name: str, operation: str) -> list[Any]:
    value = wire.get(name)
    if not isinstance(value, list):
        raise ContractBroken(operation, f"{name} is not a list", wire)
    return value


def _aggregate(item: Any, operation: str) -> MetricAggregate:
    wire = expect_object(operation, item)
    sides = wire.get("datapoints") or {}
    values = {
        "name": wire.get("metric_name"),
        "aggregate": wire.get("aggregate"),
        "values": wire.get("values") or [],
        "metric_type": wire.get("metric_type"),
        "event_name": wire.get("event_name"),
        "event_type": wire.get("event_type"),
        "passing_range": wire.get("passing_range"),
        "passed": sides.get("passed") or [],
        "failed": sides.get("failed") or [],
    }
    return parse(MetricAggregate, values, operation)


def _datapoint(item: Any, operation: str) -> DatapointResult:
    wire = expect_object(operation, item)
    values = {
        "datapoint": wire.get("datapoint_id"),
        "session": wire.get("session_id"),
        "passed": wire.get("passed"),
        "metrics": [_value(metric, operation) for metric in wire.get("metrics") or []],
    }
    return parse(DatapointResult, values, operation)


def _value(item: Any, operation: str) -> DatapointMetric:
    wire = expect_object(operation, item)
    return parse(DatapointMetric, {name: wire.get(name) for name in DatapointMetric.model_fields}, operation)


_LISTS = ("improved", "degraded", "same")


def _compared(item: Any, operation: str) -> MetricComparison:
    wire = expect_object(operation, item)
    counts = ("found_count", "improved_count", "degraded_count", "same_count")
    values = {
        "name": wire.get("metric_name"),
        "old": wire.get("old_aggregate"),
        "new": wire.get("new_aggregate"),
        **{name: wire.get(name) for name in ("difference", "percentage_change", *counts)},
        **{name: wire.get(name) or [] for name in _LISTS},
    }
    return parse(MetricComparison, values, operation)
