"""Asking through litellm, which asks with the client of OpenAI."""

import asyncio
import os
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches its price list while it is imported

import litellm

from .asking import Ask


def told(ask: Ask) -> dict[str, Any]:
    """Everything that a call is told: litellm knows no client."""
    where = {"base_url": f"{ask.address}/v1", "api_key": ask.key, "max_retries": 0}
    return {**ask.named, **where, "custom_llm_provider": "openai"}


def plainly(ask: Ask) -> str:
    """In one piece."""
    answer = litellm.completion(**told(ask))  # the call: litellm
    return answer.choices[0].message.content or ""


def asynchronously(ask: Ask) -> str:
    """In one piece, asynchronously."""

    async def call() -> str:
        answer = await litellm.acompletion(**told(ask))  # the call: litellm async
        return answer.choices[0].message.content or ""

    return asyncio.run(call())


def streaming(ask: Ask) -> str:
    """In parts."""
    chunks = list(litellm.completion(**told(ask), stream=True))  # the call: litellm stream
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def streaming_asynchronously(ask: Ask) -> str:
    """In parts, asynchronously."""

    async def call() -> str:
        stream = await litellm.acompletion(**told(ask), stream=True)
        chunks = [chunk async for chunk in stream]  # the call: litellm async stream
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)

    return asyncio.run(call())
