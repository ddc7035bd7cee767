"""Asking with the client of OpenAI."""

import asyncio
from typing import Any

from openai import AsyncOpenAI, OpenAI

from .asking import Ask


def told(ask: Ask) -> dict[str, Any]:
    """How a client is made: it asks once, so that a failure is one call."""
    return {"base_url": f"{ask.address}/v1", "api_key": ask.key, "max_retries": 0}


def plainly(ask: Ask) -> str:
    """In one piece."""
    with OpenAI(**told(ask)) as client:
        answer = client.chat.completions.create(**ask.named)  # the call: openai
        return answer.choices[0].message.content or ""


def asynchronously(ask: Ask) -> str:
    """In one piece, asynchronously."""

    async def call() -> str:
        async with AsyncOpenAI(**told(ask)) as client:
            answer = await client.chat.completions.create(**ask.named)  # the call: openai async
            return answer.choices[0].message.content or ""

    return asyncio.run(call())


def streaming(ask: Ask) -> str:
    """In parts."""
    with OpenAI(**told(ask)) as client:
        stream = client.chat.completions.create(**ask.named, stream=True)
        return "".join([chunk.choices[0].delta.content or "" for chunk in stream])  # the call: openai stream


def streaming_asynchronously(ask: Ask) -> str:
    """In parts, asynchronously."""

    async def call() -> str:
        async with AsyncOpenAI(**told(ask)) as client:
            stream = await client.chat.completions.create(**ask.named, stream=True)
            parts = [chunk.choices[0].delta.content async for chunk in stream]  # the call: openai async stream
            return "".join(part or "" for part in parts)

    return asyncio.run(call())


def responses(ask: Ask) -> str:
    """By the newer interface, which has no messages."""
    with OpenAI(**told(ask)) as client:
        answer = client.responses.create(model=ask.model, input=ask.question)  # the call: openai responses
        return answer.output_text
