"""A user's agent in an agent framework (Pydantic AI), with the spans that the framework itself makes.

They are sent by the standard OpenTelemetry SDK, told by its own variables where to and as whom. The agent calls the
model through the framework's own client (``OPENAI_BASE_URL``, ``OPENAI_API_KEY``) and has one tool.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic_ai import Agent, InstrumentationSettings
from pydantic_ai.capabilities import Instrumentation
from pydantic_ai.models.openai import OpenAIChatModel

MODEL = "gpt-4o"
ORDERS = {4711: "on its way", 4712: "delivered"}


class InSession(SpanProcessor):
    """Puts every span into one session, as an application does that knows its own."""

    def __init__(self, attributes: Mapping[str, Any]) -> None:
        self._attributes = dict(attributes)

    def on_start(self, span: Span, parent_context: Any = None) -> None:
        """Name the session."""
        span.set_attributes(self._attributes)

    def on_end(self, span: ReadableSpan) -> None:
        """Nothing."""


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Let the agent answer one question.

    ``attributes`` name the session in the platform's words, ``question`` is the customer's.

    Returns: ``answer`` (to the customer), ``met`` (messages of exceptions that the program got over: none).
    """
    provider = TracerProvider()
    provider.add_span_processor(InSession(arguments["attributes"]))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    agent = Agent(
        OpenAIChatModel(MODEL),
        name="support_agent",
        instructions="Help the customer.",
        capabilities=[Instrumentation(settings=InstrumentationSettings(tracer_provider=provider))],
    )

    @agent.tool_plain
    def look_up_order(number: int) -> str:
        """Say how far an order has got."""
        return ORDERS.get(number, "unknown")

    answer = agent.run_sync(arguments["question"]).output
    provider.shutdown()
    return {"answer": answer, "met": []}
