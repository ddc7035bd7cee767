"""Traced programs, their exporter, and runs of the suite: slowed by a collector, silent about losses, left behind."""

import threading
from typing import Any

from support.defects import defect

EXPORTER = "opentelemetry.exporter.otlp.proto.http.trace_exporter:OTLPSpanExporter"
PROCESSOR = "opentelemetry.sdk.trace.export:BatchSpanProcessor"
HTTP = "opentelemetry.exporter.otlp.common.http"
TRANSPORT = "opentelemetry.exporter.http.transport._requests:RequestsHTTPTransport"


@defect(
    "exporter.work-waits-for-exports", breaks=["TR-10"], at="opentelemetry.sdk.trace.export:BatchSpanProcessor.on_end"
)
def work_waits_for_exports(original: Any) -> Any:
    """Every span is exported before the program may go on."""

    def on_end(self: Any, span: Any) -> None:
        original(self, span)
        self.force_flush()

    return on_end


@defect("exporter.loss-is-silent", breaks=["TR-10"], at=f"{EXPORTER}.export")
def loss_is_silent(original: Any) -> Any:
    """Spans that could not be exported are counted as delivered."""

    def export(self: Any, spans: Any) -> Any:
        return type(original(self, spans)).SUCCESS

    return export


@defect("exporter.gives-up-on-a-busy-collector", breaks=["TR-10"], at=f"{HTTP}:_is_retryable")
def gives_up_on_a_busy_collector(_original: Any) -> Any:
    """What a collector is too busy to take is thrown away, though it says when to come again."""
    return lambda _status_code: False


@defect("exporter.gives-up-on-a-broken-connection", breaks=["TR-10"], at=f"{TRANSPORT}.is_connection_error")
def gives_up_on_a_broken_connection(_original: Any) -> Any:
    """What was on its way when the collector broke the connection off is thrown away."""
    return lambda _self, _error: False


@defect("exporter.batches-are-slow", breaks=["TR-11"], at=f"{EXPORTER}.export", spreads=["TR-6", "TR-9", "TR-10"])
def batches_are_slow(original: Any) -> Any:
    """Each batch takes seconds to be sent: a hundred spans take longer than 10 s."""

    def export(self: Any, spans: Any) -> Any:
        threading.Event().wait(2.7 if len(spans) > 5 else 0)
        return original(self, spans)

    return export


@defect(
    "exporter.last-span-is-lost", breaks=["TR-6"], at=f"{EXPORTER}.export", spreads=["TR-11", "TR-9", "TR-1", "TR-12"]
)
def last_span_is_lost(original: Any) -> Any:
    """A full batch is sent without its last span."""
    return lambda self, spans: original(self, spans[:-1] if len(spans) > 5 else spans)


@defect("suite.failed-scenario-is-not-undone", breaks=["TR-7"], at="support.running.lifecycle:finish_scenario")
def failed_scenario_is_not_undone(original: Any) -> Any:
    """What a scenario has made stays on the platform when it fails."""

    def finish_scenario(context: Any, scenario: Any) -> None:
        if not any(step.status.has_failed() for step in scenario.all_steps):
            original(context, scenario)

    return finish_scenario


@defect("suite.failed-cleanup-is-not-told", breaks=["TR-7"], at="support.running.undo:Undo.run")
def failed_cleanup_is_not_told(original: Any) -> Any:
    """What could not be taken back is not told."""

    def run(self: Any) -> list[Any]:
        original(self)
        return []

    return run


@defect("suite.failed-cleanup-ends-the-run", breaks=["TR-7"], at="support.running.undo:Undo.run")
def failed_cleanup_ends_the_run(original: Any) -> Any:
    """After a cleanup that has failed, nothing is taken back any more."""
    failed: list[Any] = []

    def run(self: Any) -> list[Any]:
        if failed:
            return list(failed)
        failed.extend(original(self))
        return list(failed)

    return run
