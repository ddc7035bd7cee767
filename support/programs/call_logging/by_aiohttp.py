"""Asking with aiohttp."""

import asyncio

import aiohttp

from .asking import Ask, said


def asynchronously(ask: Ask) -> str:
    """In one piece, asynchronously."""

    async def call() -> str:
        async with aiohttp.ClientSession() as session, session.post(ask.url, **ask.sent) as answer:  # the call: aiohttp
            return said(answer.status, await answer.text())

    return asyncio.run(call())
