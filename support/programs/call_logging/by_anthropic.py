"""Asking with the client of Anthropic."""

import asyncio
from typing import Any

from anthropic import Anthropic, AsyncAnthropic

from .asking import Ask


def told(ask: Ask) -> dict[str, Any]:
    """How a client is made: it asks once, so that a failure is one call."""
    return {"base_url": ask.address, "api_key": ask.key, "max_retries": 0}


def plainly(ask: Ask) -> str:
    """In one piece."""
    with Anthropic(**told(ask)) as client:
        answer = client.messages.create(**ask.named)  # the call: anthropic
        return str(answer.content[0].text)


def asynchronously(ask: Ask) -> str:
    """In one piece, asynchronously."""

    async def call() -> str:
        async with AsyncAnthropic(**told(ask)) as client:
            answer = await client.messages.create(**ask.named)  # the call: anthropic async
            return str(answer.content[0].text)

    return asyncio.run(call())


def streaming(ask: Ask) -> str:
    """In parts."""
    with Anthropic(**told(ask)) as client, client.messages.stream(**ask.named) as stream:
        return "".join(stream.text_stream)  # the call: anthropic stream


def streaming_asynchronously(ask: Ask) -> str:
    """In parts, asynchronously."""

    async def call() -> str:
        async with AsyncAnthropic(**told(ask)) as client, client.messages.stream(**ask.named) as stream:
            return "".join([text async for text in stream.text_stream])  # the call: anthropic async stream

    return asyncio.run(call())
