"""Asking with httpx."""

import asyncio

import httpx

from .asking import Ask, joined, said
from .forwarding import forwarding


def plainly(ask: Ask) -> str:
    """In one piece."""
    with httpx.Client() as client:
        answer = client.post(ask.url, **ask.sent)  # the call: httpx
        return said(answer.status_code, answer.text)


def anthropics_protocol(ask: Ask) -> str:
    """In one piece, by the other protocol."""
    with httpx.Client(headers={"x-api-key": ask.key, "anthropic-version": "2023-06-01", **ask.headers}) as client:
        answer = client.post(f"{ask.address}/v1/messages", json=ask.body())  # the call: httpx to Anthropic
        return str(answer.json()["content"][0]["text"])


def asynchronously(ask: Ask) -> str:
    """In one piece, asynchronously."""

    async def call() -> str:
        async with httpx.AsyncClient() as client:
            answer = await client.post(ask.url, **ask.sent)  # the call: httpx async
            return said(answer.status_code, answer.text)

    return asyncio.run(call())


def streaming(ask: Ask) -> str:
    """In parts."""
    with httpx.Client() as client, client.stream("POST", ask.url, **ask.streamed) as answer:
        return joined(list(answer.iter_lines()))  # the call: httpx stream


def streaming_asynchronously(ask: Ask) -> str:
    """In parts, asynchronously."""

    async def call() -> str:
        async with httpx.AsyncClient() as client, client.stream("POST", ask.url, **ask.streamed) as answer:
            return joined([line async for line in answer.aiter_lines()])  # the call: httpx async stream

    return asyncio.run(call())


def without_a_client(ask: Ask) -> str:
    """In one piece, by a function of the module."""
    answer = httpx.post(ask.url, **ask.sent)  # the call: httpx without a client
    return said(answer.status_code, answer.text)


def through_a_proxy(ask: Ask) -> str:
    """In one piece, by way of a proxy."""
    with forwarding(ask.address) as proxy, httpx.Client(proxy=proxy) as client:
        answer = client.post(ask.url, **ask.sent)  # the call: httpx through a proxy
        return said(answer.status_code, answer.text)
