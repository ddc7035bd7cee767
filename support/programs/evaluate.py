"""A user's evaluation: `honeyhive.evaluate` over a dataset, with a function under test and evaluators of its own.

Address, key and project come from the environment (``HH_API_URL``, ``HH_API_KEY``, ``HH_PROJECT``), as the SDK reads
them. It talks to that address only: requests, spans and results; it sends no telemetry elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from typing import Any

from honeyhive import evaluate
from honeyhive.tracer.lifecycle.shutdown import graceful_shutdown_all

Row = Mapping[str, Any]
Evaluator = Callable[..., Any]
"""``(outputs, inputs, ground_truth)``, without the last for a datapoint that has none."""


def exact_match(outputs: Any, _inputs: Row, ground_truth: Any = None) -> bool:
    """Whether the answer is the expected one, letter by letter."""
    return bool(outputs["answer"] == (ground_truth or {}).get("answer"))


def answer_length(outputs: Any, _inputs: Row, _ground_truth: Any = None) -> int:
    """Characters of the answer."""
    return len(outputs["answer"])


def word_overlap(outputs: Any, _inputs: Row, ground_truth: Any = None) -> dict[str, Any]:
    """The share of the expected words that the answer holds, 0 to 1, with an explanation."""
    expected = set(str((ground_truth or {}).get("answer", "")).lower().split())
    held = expected & set(outputs["answer"].lower().split())
    score = len(held) / len(expected) if expected else 1.0
    return {"score": score, "explanation": f"{len(held)} of {len(expected)} expected words"}


def breaking(_outputs: Any, _inputs: Row, _ground_truth: Any = None) -> float:
    """An evaluator that fails whatever it is given."""
    raise RuntimeError("this evaluator is broken")


EVALUATORS: Mapping[str, Evaluator] = {
    each.__name__: each for each in (exact_match, answer_length, word_overlap, breaking)
}


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Evaluate.

    ``dataset_id`` names a dataset of the platform, or ``dataset`` holds rows ``{"inputs", "ground_truth"}``.
    ``answers`` maps a datapoint's ``inputs.question`` to what the function under test answers; a question that is not
    there makes it raise. ``evaluators`` are names of `EVALUATORS`; ``name`` is the run's; ``aggregate`` and ``workers``
    are passed on.

    Returns: ``run_id``, ``status``, ``success``, ``passed``, ``failed``, ``metrics`` (name to aggregate), and
    ``threads`` (names of the threads that the SDK left running after its shutdown).
    """
    before = set(threading.enumerate())
    answers: Mapping[str, str] = arguments["answers"]
    providers: list[Any] = []

    def support_assistant(datapoint: Row, tracer: Any) -> dict[str, str]:
        providers.append(tracer.provider)
        return {"answer": answers[datapoint["inputs"]["question"]]}

    source = {key: arguments[key] for key in ("dataset_id", "dataset") if arguments.get(key) is not None}
    os.environ["HH_CACHE_ENABLED"] = "false"  # the cache of a tracer is a thread that outlives it
    try:
        # inside a git repository, evaluate() would put the commit and its author's address into the run
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            if os.environ.get("HH_API_URL", "").startswith("http://"):
                # nothing to verify: spares the 20 ms of loading the machine's certificates for each call
                os.environ.pop("SSL_CERT_FILE", None)
                os.environ["SSL_CERT_DIR"] = folder
            summary = evaluate(
                support_assistant,
                **source,
                evaluators=[EVALUATORS[name] for name in arguments.get("evaluators", ["exact_match"])],
                name=arguments.get("name"),
                aggregate_function=arguments.get("aggregate", "average"),
                max_workers=arguments.get("workers", 4),
                print_results=False,
            )
    finally:
        graceful_shutdown_all()
        for provider in providers:  # the SDK leaves every exporter but the first running
            provider.shutdown()
    return {
        "run_id": summary.run_id,
        "status": summary.status,
        "success": summary.success,
        "passed": list(summary.passed),
        "failed": list(summary.failed),
        "metrics": {each.metric_name: each.aggregate for each in summary.metrics.details},
        "threads": [each.name for each in threading.enumerate() if each not in before],
    }
