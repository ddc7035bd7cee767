"""A user's program whose work must go on whatever becomes of its traces: the work is done, the loss is told once.

Traced by the standard OpenTelemetry SDK, or by the platform's tracer, unmodified. Address, key and project come from
the environment (``HH_API_URL``, ``HH_API_KEY``, ``HH_PROJECT``).
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from honeyhive import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from support.programs import tracing_platform

TIMEOUT_S = 0.3
BATCH = 2


class Reasons(logging.Handler):
    """Keeps what the exporter says of its failures, which it says again for every batch."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.heard.append(record.getMessage())


class Reporting(SpanExporter):
    """An exporter that tells the user, when the program ends, how many steps are not recorded, and why."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._lost = 0
        self._reasons = Reasons()
        logger = logging.getLogger("opentelemetry.exporter")
        logger.addHandler(self._reasons)
        logger.propagate = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Pass it on."""
        result = self._exporter.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self.lose(len(spans))
        return result

    def lose(self, spans: int) -> None:
        """Count what was lost."""
        self._lost += spans

    def shutdown(self) -> None:
        """Pass it on, and tell."""
        self._exporter.shutdown()
        if self._lost:
            self.tell(f"{self._lost} steps are not recorded: {(self._reasons.heard or ['unknown'])[0]}")

    def tell(self, loss: str) -> None:
        """Tell the user."""
        print(loss, file=sys.stderr)  # noqa: T201 - this is how a program tells its user


def standard(arguments: dict[str, Any]) -> tuple[Callable[[str], Any], Callable[[], None]]:
    """How a step is traced by the standard SDK, and what ends the tracing."""
    provider = TracerProvider()
    address, key = os.environ["HH_API_URL"], os.environ["HH_API_KEY"]
    exporter = OTLPSpanExporter(f"{address}/v1/traces", headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT_S)
    provider.add_span_processor(BatchSpanProcessor(Reporting(exporter), max_export_batch_size=BATCH))
    session = {"honeyhive.session_id": arguments["session"]}
    tracer = provider.get_tracer("acceptance")
    return lambda name: tracer.start_as_current_span(name, attributes=session), provider.shutdown


def vendors(arguments: dict[str, Any]) -> tuple[Callable[[str], Any], Callable[[], None]]:
    """How a step is traced by the platform's tracer, and what ends the tracing."""
    tracer = tracing_platform.start(arguments)
    return lambda name: trace(event_type="tool", event_name=name, tracer=tracer), tracer.shutdown


def price(number: int) -> int:
    """The program's work."""
    return number * number


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Do a piece of work for each of ``steps`` (names), traced by ``tracer`` ("standard" or "vendors").

    ``session`` and ``name`` are the session's.

    Returns: ``work``, what the steps came to.
    """
    step, end = {"standard": standard, "vendors": vendors}[arguments["tracer"]](arguments)
    work = [step(name)(price)(number) for number, name in enumerate(arguments["steps"])]
    end()
    return {"work": work}
