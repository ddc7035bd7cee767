"""A user's workflow over two services, traced by the platform's own tracer: a model call, then data processing.

The model is asked through the `openai` client (``OPENAI_BASE_URL``, ``OPENAI_API_KEY``) which prices a customer's order
are of; the prices are then added up. Without the model's answer the workflow goes on and says that the sum is unknown.
"""

from __future__ import annotations

import re
from typing import Any

import openai
from honeyhive import enrich_span, trace

from support.programs import tracing_platform

MODEL = "gpt-4o"


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Handle one order.

    ``session`` and ``name`` are the session's, ``question`` is the customer's.

    Returns: ``answer`` (to the customer), ``met`` (messages of exceptions that the program got over).
    """
    tracer = tracing_platform.start(arguments)
    client = openai.OpenAI(max_retries=0)
    met: list[str] = []

    @trace(event_type="model", event_name="ask the model", tracer=tracer)
    def ask_the_model(question: str) -> str:
        messages: list[Any] = [
            {"role": "system", "content": "List the prices."},
            {"role": "user", "content": question},
        ]
        reply = client.chat.completions.create(model=MODEL, messages=messages)
        assert reply.usage is not None
        enrich_span(metadata={"model": MODEL, **reply.usage.model_dump(include={"prompt_tokens", "completion_tokens"})})
        return reply.choices[0].message.content or ""

    @trace(event_type="tool", event_name="add up the prices", tracer=tracer)
    def add_up(prices: str) -> str:
        numbers = [int(number) for number in re.findall(r"\d+", prices)]
        return f"The order costs {sum(numbers)}" if numbers else "The sum is unknown"

    try:
        prices = ask_the_model(arguments["question"])
    except openai.OpenAIError as failure:
        prices = ""
        met.append(str(failure))
    answer = add_up(prices)
    tracer.shutdown()
    return {"answer": answer, "met": met}
