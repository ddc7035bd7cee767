"""What the daemon does to calls when many agents call at once."""

import asyncio
from typing import Any

from support.defects import defect


@defect("load.one-call-at-a-time", breaks=["LD-91"], at="tools.exercises:echo")
def one_call_at_a_time(original: Any) -> Any:
    """A tool serves one agent, and takes its time; all others wait."""
    line: list[asyncio.Lock] = []

    async def echo(context: Any, arguments: Any) -> Any:
        line[:] = line or [asyncio.Lock()]
        async with line[0]:
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.3)
            return await original(context, arguments)

    return echo
