"""An agent's program with the official MCP client, unmodified: it starts a server on stdio and works with its tools."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

LIMIT_S = 15.0


class Visit:
    """One MCP session, with a note of everything that was asked and heard."""

    def __init__(self, session: ClientSession) -> None:
        self.session = session
        self.heard: list[str] = []
        self.begun = asyncio.get_running_loop().time()

    def note(self, what: str, told: Any) -> None:
        """Write it down."""
        at = asyncio.get_running_loop().time() - self.begun
        self.heard.append(f"{at:7.3f} s  {what}: {json.dumps(told, ensure_ascii=False, default=str)}")

    async def take(self, step: Mapping[str, Any]) -> dict[str, Any]:
        """Take one step; answers what came of it."""
        self.note("step", dict(step))
        match step["step"]:
            case "initialise":
                answer = await self.initialise()
            case "list the tools":
                answer = {"tools": [tool.model_dump() for tool in (await self.session.list_tools()).tools]}
            case "call":
                answer = await self.call(step)
            case "cancel":
                answer = await self.cancel(step)
            case other:
                raise ValueError(f"there is no step {other!r}")
        self.note("came of it", answer)
        return answer

    async def initialise(self) -> dict[str, Any]:
        """The handshake."""
        made = await self.session.initialize()
        return {"server": made.server_info.name, "offers tools": made.capabilities.tools is not None}

    async def call(self, step: Mapping[str, Any]) -> dict[str, Any]:
        """Call a tool to its end."""
        heard: list[dict[str, Any]] = []

        async def on_progress(progress: float, total: float | None, message: str | None) -> None:
            heard.append({"progress": progress, "total": total, "message": message})
            self.note("progress", heard[-1])

        name: str = step["tool"]
        result = await self.session.call_tool(name, arguments(step), progress_callback=on_progress)
        texts = [getattr(part, "text", "") for part in result.content]
        return {"text": "".join(texts), "failed": bool(result.is_error), "progress": heard}

    async def cancel(self, step: Mapping[str, Any]) -> dict[str, Any]:
        """Begin a call, and cancel it as soon as its first progress is heard."""
        begun = asyncio.Event()

        async def on_progress(progress: float, total: float | None, message: str | None) -> None:
            self.note("progress", [progress, total, message])
            begun.set()

        call: asyncio.Future[Any] = asyncio.ensure_future(
            self.session.call_tool(step["tool"], arguments(step), progress_callback=on_progress)
        )
        await begun.wait()
        call.cancel()
        await asyncio.wait({call})
        return {"cancelled": call.cancelled()}


def arguments(step: Mapping[str, Any]) -> dict[str, Any]:
    """What a step gives to its tool."""
    return {name.replace(" ", "_"): given for name, given in step.items() if name not in ("step", "tool")}


async def work(
    command: Sequence[str], steps: Sequence[Mapping[str, Any]], environment: Mapping[str, str]
) -> dict[str, Any]:
    """One session: start the server, take the steps, end it. With what the server said on stderr."""
    server = StdioServerParameters(command=command[0], args=list(command[1:]), env=dict(environment))
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        async with stdio_client(server, errlog=errors) as streams, ClientSession(*streams) as session:
            visit = Visit(session)
            answers = [await visit.take(step) for step in steps]
        errors.seek(0)
        return {"answers": answers, "transcript": "\n".join(visit.heard), "stderr": errors.read()}


def main(told: dict[str, Any]) -> dict[str, Any]:
    """Take ``steps`` (each: step, tool, its arguments) through the server that ``command`` starts in ``environment``.

    Returns: ``answers``, one a step, the ``transcript``, and what the server wrote to ``stderr``.
    """

    async def within_limit() -> dict[str, Any]:
        async with asyncio.timeout(LIMIT_S):
            return await work(told["command"], told["steps"], told["environment"])

    return asyncio.run(within_limit())
