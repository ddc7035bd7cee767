"""A user's day with the unmodified SDK: dataset, datapoints, configuration, metric, `evaluate`, events, and back.

Run in a process of its own, since the SDK's tracer keeps global state. Address and key come from the environment
(`HH_API_URL`, `HH_API_KEY`, `HH_PROJECT`); the last line of standard output is what was seen, as JSON.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from honeyhive import HoneyHive, HoneyHiveTracer, enrich_span, evaluate, trace
from honeyhive.experiments import compare_runs
from honeyhive.models import (
    AddDatapointsToDatasetRequest,
    CreateConfigurationRequest,
    CreateDatasetRequest,
    CreateMetricRequest,
    EventFilter,
)

ROWS = [{"q": "a", "a": "A"}, {"q": "bb", "a": "wrong"}, {"q": "ccc", "a": "CCC"}]


def exact(outputs: Any, _inputs: Any, ground_truth: Any) -> bool:
    return bool(outputs["content"] == ground_truth["a"])


def quality(outputs: Any, _inputs: Any, _ground_truth: Any) -> dict[str, Any]:
    return {"score": len(outputs["content"]) / 10, "explanation": "by length"}


def upper(datapoint: Any) -> dict[str, str]:
    return {"content": datapoint["inputs"]["q"].upper()}


def longer(datapoint: Any) -> dict[str, str]:
    return {"content": datapoint["inputs"]["q"].upper() + "!"}


def events_of(client: HoneyHive, session: str) -> list[dict[str, Any]]:
    wanted = EventFilter(field="session_id", operator="is", value=session)
    return [event.model_dump() for event in client.events.export(filters=[wanted]).events]


def traced() -> str:
    tracer = HoneyHiveTracer.init(session_name="Traced", source="story", session_id=str(uuid.uuid4()))

    @trace(event_type="model", tracer=tracer)
    def ask(question: str) -> dict[str, str]:
        return {"content": question + "!"}

    @trace(event_type="chain", tracer=tracer)
    def work(question: str, items: list[Any]) -> dict[str, str]:
        enrich_span(metrics={"sure": True}, metadata={"items": items})
        answer: dict[str, str] = ask(question)
        return answer

    work("why?", [1, {"two": 2.5}])
    tracer.force_flush()
    return str(tracer.session_id)


def main() -> dict[str, Any]:
    client = HoneyHive()
    dataset = client.datasets.create(CreateDatasetRequest(name="Questions")).result.insertedId
    mapping = {"inputs": ["q"], "ground_truth": ["a"]}
    rows = AddDatapointsToDatasetRequest(data=ROWS, mapping=mapping)
    datapoints = client.datasets.add_datapoints(dataset, rows).datapoint_ids
    configuration = {"name": "C", "provider": "openai", "parameters": {"call_type": "chat", "model": "gpt-4o"}}
    client.configurations.create(CreateConfigurationRequest(**configuration))
    client.metrics.create(
        CreateMetricRequest(
            name="characters",
            type="PYTHON",
            criteria="len(event['outputs']['result']['content'])",
            enabled_in_prod=True,
            filters={"filterArray": [{"field": "event_type", "operator": "is", "value": "chain", "type": "string"}]},
        )
    )
    options: dict[str, Any] = {"dataset_id": dataset, "evaluators": [exact, quality], "print_results": False}
    old = evaluate(upper, name="old", **options)
    new = evaluate(longer, name="new", **options)
    session = old.datapoints[0].session_id
    assert session is not None
    return {
        "datapoints": datapoints,
        "configurations": [one.name for one in client.configurations.list()],
        "old": old.model_dump(),
        "new_run": new.run_id,
        "run": client.experiments.get_run(old.run_id).evaluation.model_dump(),
        "comparison": compare_runs(client, new.run_id, old.run_id).model_dump(),
        "pairs": client.experiments.compare_run_events(new.run_id, old.run_id).totalEvents,
        "session_events": events_of(client, session),
        "traced": events_of(client, traced()),
    }


if __name__ == "__main__":
    print(json.dumps(main(), default=str))  # noqa: T201 - its answer
