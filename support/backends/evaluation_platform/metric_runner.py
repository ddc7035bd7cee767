"""Computing a metric for an event. A metric that gives no value raises MetricError with the cause; it is never zero."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import sandbox, search
from .sandbox import MetricError, readable
from .settings import Settings

__all__ = ["Lookup", "MetricError", "Score", "compute"]

Definition = Mapping[str, Any]
Event = Mapping[str, Any]
Lookup = Callable[[Mapping[str, Any]], Definition | None]
"""Finds the definition of a composite's child from its entry `{id?, name, weight, scale?}`."""

MAX_DEPTH = 5
SHOWN_OF_EVENT = ("event_type", "event_name", "inputs", "outputs", "feedback", "metadata", "config", "error")
INSTRUCTIONS = (
    "You are an evaluator. Judge what the user gives you by the criteria in it. "
    'Answer with one JSON object and nothing else: {"explanation": "<one sentence>", "score": <SCORE>}'
)


@dataclass(frozen=True, slots=True)
class Score:
    """What a metric says of an event."""

    value: bool | int | float | str
    explanation: str | None = None


def compute(metric: Definition, event: Event, settings: Settings, lookup: Lookup, depth: int = 0) -> Score:
    """The score of the metric for the event, of the type that the metric declares. Raises MetricError."""
    if depth > MAX_DEPTH:
        raise MetricError(f"{metric['name']}: metrics are nested more than {MAX_DEPTH} deep")
    require_ground_truth(metric, event)
    match metric["type"]:
        case "PYTHON":
            score = compute_python(metric, event, settings)
        case "LLM":
            score = compute_llm(metric, event, settings)
        case "COMPOSITE":
            score = compute_composite(metric, event, settings, lookup, depth)
        case _:
            raise MetricError("a HUMAN metric is given by a person; there is nothing to compute")
    return Score(typed(score.value, metric), None if score.explanation is None else readable(score.explanation))


def require_ground_truth(metric: Definition, event: Event) -> None:
    """Raises MetricError when the metric needs a ground truth and the event has none."""
    if metric.get("needs_ground_truth") and (event.get("feedback") or {}).get("ground_truth") is None:
        raise MetricError("it needs a ground truth, and the event has no feedback.ground_truth")


def compute_python(metric: Definition, event: Event, settings: Settings) -> Score:
    """What the criteria give, in a process of their own."""
    value, explanation = sandbox.run_python(
        metric["criteria"],
        metric["name"],
        event,
        seconds=settings.metric_seconds,
        memory_bytes=settings.metric_memory_mb * 2**20,
    )
    return Score(value, explanation)


# Composite -----------------------------------------------------------------------------------------------------------


def compute_composite(metric: Definition, event: Event, settings: Settings, lookup: Lookup, depth: int) -> Score:
    """The weighted mean of the children, each brought to 0..1 by its scale where it has one."""
    children = metric.get("child_metrics") or []
    if not children:
        raise MetricError("a COMPOSITE metric needs child_metrics")
    weighted = []
    for child in children:
        definition = lookup(child)
        if definition is None:
            raise MetricError(f"its child {child['name']!r} is no metric of this project")
        score = child_score(child, definition, event, settings, lookup, depth)
        weighted.append((child["name"], scaled(score.value, child), child["weight"]))
    explanation = ", ".join(f"{name} {value:g} x {weight:g}" for name, value, weight in weighted)
    return Score(combine([(value, weight) for _, value, weight in weighted], metric["criteria"]), explanation)


def child_score(
    child: Mapping[str, Any], definition: Definition, event: Event, settings: Settings, lookup: Lookup, depth: int
) -> Score:
    """A child's score; its failure is the composite's."""
    try:
        return compute(definition, event, settings, lookup, depth + 1)
    except MetricError as cause:
        raise MetricError(f"its child {child['name']!r} failed: {cause}") from cause


def scaled(value: Any, child: Mapping[str, Any]) -> float:
    """A child's value as a number, divided by its scale."""
    if not isinstance(value, bool | int | float):
        raise MetricError(f"its child {child['name']!r} gives text, which has no weight")
    return float(value) / (child.get("scale") or 1)


def combine(weighted: Sequence[tuple[float, float]], criteria: str) -> float:
    """The weighted mean of (value, weight), or their sum where the criteria say `weighted-sum`."""
    total = math.fsum(value * weight for value, weight in weighted)
    if "sum" in criteria.lower():
        return total
    weights = math.fsum(weight for _, weight in weighted)
    if not weights:
        raise MetricError("the weights of its children add up to zero")
    return total / weights


# A model's judgement -------------------------------------------------------------------------------------------------


def compute_llm(metric: Definition, event: Event, settings: Settings) -> Score:
    """What a model says when asked the criteria, through the `openai` client."""
    key = settings.openai_api_key.get_secret_value()
    if not key:
        raise MetricError("LLM criteria need a model: set OPENAI_API_KEY (and OPENAI_BASE_URL) for the platform")
    prompt = fill_template(metric["criteria"], event)
    return read_reply(ask_model(metric, prompt, key, settings), metric)


def ask_model(metric: Definition, prompt: str, key: str, settings: Settings) -> str:
    """The model's reply. Raises MetricError when there is none."""
    import openai  # noqa: PLC0415 - as long to import as the whole platform takes to start

    model = metric.get("model_name") or settings.metric_model
    address = settings.openai_base_url or None
    with openai.OpenAI(api_key=key, base_url=address, timeout=settings.metric_model_seconds, max_retries=1) as client:
        try:
            reply = client.chat.completions.create(
                model=model,
                temperature=0,
                messages=[
                    {"role": "system", "content": INSTRUCTIONS.replace("<SCORE>", wanted(metric))},
                    {"role": "user", "content": prompt},
                ],
            )
        except openai.OpenAIError as cause:
            raise MetricError(f"the model {model} could not be asked: {type(cause).__name__}: {cause}") from cause
    content = reply.choices[0].message.content if reply.choices else None
    if not content:
        raise MetricError(f"the model {model} gave an empty answer")
    return content


def wanted(metric: Definition) -> str:
    """In words for the model, what its score must be."""
    match metric.get("return_type"):
        case "boolean":
            return "true or false"
        case "categorical":
            return "one of " + ", ".join(json.dumps(name) for name in categories(metric))
        case "string":
            return "a short text"
    return f"a number from 0 to {metric['scale']}" if metric.get("scale") else "a number"


def fill_template(criteria: str, event: Event) -> str:
    """The criteria with `{{path}}` replaced by what the event has there. Raises MetricError for a path in vain."""

    def value_at(found: re.Match[str]) -> str:
        value = search.lookup(event, found[1].removeprefix("event."))
        if value is search.ABSENT:
            raise MetricError(f"the criteria name {{{{{found[1]}}}}}, which the event does not have")
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    filled, count = re.subn(r"\{\{\s*([\w.\-]+)\s*\}\}", value_at, criteria)
    if count:
        return filled
    shown = {name: event[name] for name in SHOWN_OF_EVENT if event.get(name)}
    return f"{criteria}\n\nThe event:\n{json.dumps(shown, ensure_ascii=False)}"


def read_reply(reply: str, metric: Definition) -> Score:
    """The score in a model's reply: JSON, `[[score]]`, or the bare score. Raises MetricError when it holds none."""
    text = re.sub(r"^```(?:json)?\s*|\s*```$", "", reply.strip())
    try:
        found = json.loads(text)
    except ValueError:
        marked = re.search(r"\[\[(.+?)\]\]", text)
        if marked:
            return Score(plain(marked[1]), text)
        if metric.get("return_type") in ("string", "categorical"):
            return Score(text)
        raise MetricError(f"the model's answer holds no score: {text[:200]!r}") from None
    if isinstance(found, dict):
        for key in ("score", "result", "rating", "value"):
            if isinstance(found.get(key), bool | int | float | str):
                explanation = found.get("explanation") or found.get("reasoning")
                return Score(plain(found[key]), explanation if isinstance(explanation, str) else None)
    elif isinstance(found, bool | int | float | str):
        return Score(found)
    raise MetricError(f"the model's answer holds no score: {text[:200]!r}")


def plain(value: Any) -> bool | int | float | str:
    """A number or boolean that is written as text, as what it is."""
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return] # a bool or a number
    if value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    number = search.as_number(value)
    return value if number is None else number


# Types ---------------------------------------------------------------------------------------------------------------


def typed(value: Any, metric: Definition) -> bool | int | float | str:
    """The value, if it is of the metric's return type. Raises MetricError."""
    declared = metric.get("return_type") or "float"
    if not TYPE_CHECKS[declared](value, metric):
        raise MetricError(f"the value {value!r} is not what the return type {declared} allows")
    return value  # type: ignore[no-any-return] # checked


def categories(metric: Definition) -> list[str]:
    """The names of a metric's categories, whether given as names or as `{category, score}`."""
    return [
        str(one.get("category")) if isinstance(one, Mapping) else str(one) for one in metric.get("categories") or []
    ]


TYPE_CHECKS: dict[str, Callable[[Any, Definition], bool]] = {
    "float": lambda value, _: (
        isinstance(value, int | float) and not isinstance(value, bool) and search.is_finite(value)
    ),
    "boolean": lambda value, _: isinstance(value, bool),
    "string": lambda value, _: isinstance(value, str) and readable(value) == value,
    "categorical": lambda value, metric: (
        isinstance(value, str) and readable(value) == value and value in (categories(metric) or [value])
    ),
}
