"""A user's program, traced by the platform's own tracer, unmodified: decorated functions that call each other.

Address, key and project come from the environment (``HH_API_URL``, ``HH_API_KEY``, ``HH_PROJECT``).
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from honeyhive import HoneyHiveTracer, enrich_span, trace

Step = Mapping[str, Any]
"""``{"name", "type", "within"?, "fails"?, "inputs"?, "outputs"?, "metadata"?, "metrics"?}``."""


def quiet() -> None:
    """Keep the tracer to what is traced: its cache is a thread that outlives it, and without TLS it needs no store."""
    os.environ["HH_CACHE_ENABLED"] = "false"
    if os.environ["HH_API_URL"].startswith("http://"):
        os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)  # no certificates there: spares 20 ms of loading them


def start(arguments: Mapping[str, Any], key: str = "HH_API_KEY") -> HoneyHiveTracer:
    """A tracer as the vendor's pages start one, for the session that the arguments name."""
    quiet()
    return HoneyHiveTracer.init(
        api_key=os.environ[key],
        project=os.environ["HH_PROJECT"],
        session_id=arguments["session"],
        session_name=arguments["name"],
        source="acceptance",
    )


def work(tracer: HoneyHiveTracer, steps: Sequence[Step], shared: Mapping[str, Any]) -> list[str]:
    """Do the steps, each within the one that it names; answers the messages of the exceptions that the program met."""
    inner: dict[str | None, list[Step]] = defaultdict(list)
    for step in steps:
        inner[step.get("within")].append(step)
    met: list[str] = []

    def do(step: Step) -> None:
        @trace(event_type=step["type"], event_name=step["name"], tracer=tracer)
        def traced() -> None:
            said = {kind: step[kind] for kind in ("inputs", "outputs", "metrics") if kind in step}
            enrich_span(metadata={**shared, **step.get("metadata", {})}, **said)
            for each in inner[step["name"]]:
                do(each)
            if step.get("fails"):
                raise RuntimeError(step["fails"])

        traced()

    for step in inner[None]:
        try:
            do(step)
        except RuntimeError as failure:
            met.append(str(failure))
    return met


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Do the work that is to be traced, then end as a program ends.

    ``session`` and ``name`` are the session's; ``steps`` are `Step`; or ``count`` steps named after ``label``, with
    the number put for `{}`. ``attributes`` are in every event's metadata.

    Returns: ``met`` (messages of exceptions), ``work_s`` (seconds of the traced work alone), ``total_s`` (until
    everything was exported or given up), ``began_at`` (unix).
    """
    tracer = start(arguments)
    steps = arguments.get("steps") or [
        {"name": arguments["label"].format(number), "type": "tool", "metadata": {"number": number}}
        for number in range(1, arguments["count"] + 1)
    ]
    began_at, begun = time.time(), time.perf_counter()
    met = work(tracer, steps, arguments.get("attributes", {}))
    work_s = time.perf_counter() - begun
    tracer.shutdown()
    return {"met": met, "work_s": work_s, "total_s": time.perf_counter() - begun, "began_at": began_at}
