"""A user's services, traced by the standard OpenTelemetry SDK and its OTLP/HTTP exporter, unmodified.

Where to and as whom comes from OpenTelemetry's own variables (``OTEL_EXPORTER_OTLP_TRACES_…``). Each service has a
tracer provider of its own and is handed its caller's trace context as headers, as over HTTP; every provider exports in
batches.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.util.re import parse_env_headers

Step = Mapping[str, Any]
"""``{"name", "within"?, "service"?, "attributes", "fails"?}``; ``fails`` is the message of an exception."""


@dataclass
class Delivery:
    """What became of the spans of all services: sizes of the batches delivered, and how many spans were lost."""

    batches: list[int] = field(default_factory=list)
    lost: int = 0


class Counted(SpanExporter):
    """An exporter that counts what it delivers and what is lost."""

    def __init__(self, exporter: SpanExporter, delivery: Delivery) -> None:
        self._exporter = exporter
        self._delivery = delivery

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Pass it on."""
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self._delivery.batches.append(len(spans))
        else:
            self._delivery.lost += len(spans)
        return result

    def shutdown(self) -> None:
        """Pass it on."""
        self._exporter.shutdown()


class Services:
    """The tracer of each service, made when it is first needed."""

    def __init__(self, arguments: Mapping[str, Any], headers: str | None = None) -> None:
        """`headers` as the variable of OpenTelemetry has them; None: that variable."""
        self.delivery = Delivery()
        self._providers: dict[str, TracerProvider] = {}
        self._headers = None if headers is None else parse_env_headers(headers, liberal=True)
        self._timeout_s = arguments.get("timeout_s", 10.0)
        self._batch = arguments.get("batch", 512)
        self._compression = Compression.Gzip if arguments.get("gzip") else Compression.NoCompression

    def tracer(self, service: str) -> trace.Tracer:
        """The tracer of a service."""
        if service not in self._providers:
            self._providers[service] = provider = TracerProvider(resource=Resource({"service.name": service}))
            provider.add_span_processor(
                BatchSpanProcessor(
                    Counted(self._exporter(), self.delivery),
                    max_queue_size=20_000,
                    max_export_batch_size=self._batch,
                    export_timeout_millis=self._timeout_s * 1000,
                )
            )
        return self._providers[service].get_tracer("acceptance")

    def _exporter(self) -> SpanExporter:
        return OTLPSpanExporter(
            headers=self._headers,
            timeout=self._timeout_s,
            compression=self._compression,
        )

    def shutdown(self) -> None:
        """Export what is left, however much it is, and stop; a shutdown alone would give up after 30 s."""
        for provider in self._providers.values():
            provider.force_flush()
            provider.shutdown()


def work(services: Services, steps: Sequence[Step], shared: Mapping[str, Any]) -> list[str]:
    """Do the steps, each within the one that it names; answers the messages of the exceptions that the program met."""
    inner: dict[str | None, list[Step]] = defaultdict(list)
    for step in steps:
        inner[step.get("within")].append(step)
    met: list[str] = []

    def do(step: Step, headers: Mapping[str, str]) -> None:
        tracer = services.tracer(step.get("service", "acceptance"))
        with tracer.start_as_current_span(
            step["name"], context=propagate.extract(headers), attributes={**shared, **step["attributes"]}
        ):
            handed_on: dict[str, str] = {}
            propagate.inject(handed_on)
            for each in inner[step["name"]]:
                do(each, handed_on)
            if step.get("fails"):
                raise RuntimeError(step["fails"])

    for step in inner[None]:
        try:
            do(step, {})
        except RuntimeError as failure:
            met.append(str(failure))
    return met


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Do the work that is to be traced, then end as a program ends.

    ``steps`` are `Step`; or ``count`` spans named after ``label``, with the
    number put for `{}`. ``batch`` spans are sent at a time, each request with ``timeout_s``, packed with ``gzip``.
    ``attributes`` are on every span, the session's among them.

    Returns: ``met`` (messages of exceptions), ``batches`` (sizes of those delivered), ``lost`` (spans), and the times:
    ``work_s`` (the traced work alone), ``total_s`` (until everything was exported or given up), ``began_at`` (unix).
    """
    services = Services(arguments)
    shared = arguments["attributes"]
    steps = arguments.get("steps") or [
        {"name": arguments["label"].format(number), "attributes": {"number": number}}
        for number in range(1, arguments["count"] + 1)
    ]
    began_at, begun = time.time(), time.perf_counter()
    met = work(services, steps, shared)
    work_s = time.perf_counter() - begun
    services.shutdown()
    return {
        "met": met,
        "batches": services.delivery.batches,
        "lost": services.delivery.lost,
        "work_s": work_s,
        "total_s": time.perf_counter() - begun,
        "began_at": began_at,
    }
