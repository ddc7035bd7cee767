"""A user's support bot as it runs in production, traced by the platform's own tracer: five steps for each question.

Input validation, context retrieval, generation (through the `openai` client: ``OPENAI_BASE_URL``, ``OPENAI_API_KEY``),
response processing, analytics.
"""

from __future__ import annotations

import re
from typing import Any

import openai
from honeyhive import enrich_span, trace

from support.programs import tracing_platform

MODEL = "gpt-4o-mini"
KNOWLEDGE = {
    "parcel": "Parcels take 3 days within the country.",
    "refund": "Refunds take 14 days.",
}


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """Answer one question.

    ``session`` and ``name`` are the session's, ``question`` is the customer's; the first word with a digit in it is the
    case's number.

    Returns: ``answer`` (to the customer), ``met`` (messages of exceptions that the program got over: none).
    """
    tracer = tracing_platform.start(arguments)
    client = openai.OpenAI(max_retries=0)

    @trace(event_type="chain", event_name="validate the input", tracer=tracer)
    def validate(question: str) -> dict[str, str]:
        case = next((word for word in re.findall(r"[\w-]+", question) if re.search(r"\d", word)), "none")
        return {"question": question.strip(), "case": case}

    @trace(event_type="tool", event_name="retrieve the context", tracer=tracer)
    def retrieve(case: str, question: str) -> str:
        found = [text for word, text in KNOWLEDGE.items() if word in question.lower()]
        return " ".join([f"Case {case}.", *found])

    @trace(event_type="model", event_name="generate the answer", tracer=tracer)
    def generate(question: str, context: str) -> str:
        messages: list[Any] = [{"role": "system", "content": context}, {"role": "user", "content": question}]
        reply = client.chat.completions.create(model=MODEL, messages=messages)
        assert reply.usage is not None
        usage = reply.usage.model_dump(include={"prompt_tokens", "completion_tokens", "total_tokens"})
        enrich_span(config={"model": MODEL}, metadata={"model": reply.model, **usage})
        return reply.choices[0].message.content or ""

    @trace(event_type="chain", event_name="process the response", tracer=tracer)
    def process(case: str, draft: str) -> str:
        return f"{draft.strip()} (case {case})"

    @trace(event_type="tool", event_name="record the analytics", tracer=tracer)
    def analyse(case: str, answer: str) -> dict[str, Any]:
        enrich_span(metrics={"characters": len(answer)})
        return {"case": case, "answered": bool(answer)}

    @trace(event_type="chain", event_name="answer the customer", tracer=tracer)
    def reply_to(question: str) -> str:
        asked = validate(question)
        context = retrieve(asked["case"], asked["question"])
        answer: str = process(asked["case"], generate(asked["question"], context))
        analyse(asked["case"], answer)
        return answer

    answer = reply_to(arguments["question"])
    tracer.shutdown()
    return {"answer": answer, "met": []}
