"""`python -m support.backends.tool_daemon.shim`: the daemon's tools for any MCP client, on stdin and stdout.

It takes the daemon's settings: host, port and token tell it where the daemon is, shim_timeout how long it waits. Its
log goes to stderr and, where there is a log directory, to shim.log in it. Each call has a connection of its own: when
the MCP client cancels it, the connection ends, and with it the call in the daemon.
"""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import mcp_types as types
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from support.configuring import ConfigurationError, Problem, say, start

from . import VERSION, logs, protocol
from . import settings as rules
from .settings import Settings

COMPONENT = "shim"
Asked = ServerRequestContext[Any, Any]


class DaemonError(Exception):
    """The daemon cannot be reached, or refuses the shim; the message names its address."""


class Shim:
    """The link between one MCP client and the daemon."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.address = f"ws://{settings.host}:{settings.port}"

    async def list_tools(self, _asked: Asked, _page: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        """Answer `tools/list`."""
        async with asyncio.timeout(self.settings.shim_timeout), self.connected() as daemon:
            answer = await exchange(daemon, {"op": "list_tools"})
        return types.ListToolsResult(tools=[as_tool(each) for each in answer["tools"]])

    async def call_tool(self, asked: Asked, call: types.CallToolRequestParams) -> types.CallToolResult:
        """Answer `tools/call`: heartbeats become progress notifications, errors results that say so."""
        request_id = f"shim-{uuid.uuid4()}"
        logs.of_request(request_id)
        logs.info(COMPONENT, "call received", tool=call.name, mcp_request=asked.request_id)
        message = {"op": "call_tool", "request_id": request_id, "name": call.name, "arguments": call.arguments or {}}
        try:
            async with asyncio.timeout(self.settings.shim_timeout), self.connected() as daemon:
                await daemon.send(protocol.write(message))
                result = as_result(await self.follow(daemon, asked))
        except TimeoutError as late:
            logs.failure(COMPONENT, "the daemon gave no answer in time", late, tool=call.name)
            return failed(f"TIMEOUT: no answer of the daemon within {self.settings.shim_timeout:g} s (shim timeout)")
        except (DaemonError, ConnectionClosed) as silence:
            logs.failure(COMPONENT, "the daemon gave no answer", silence, tool=call.name)
            return failed(f"EXEC_ERROR: {silence}")
        except asyncio.CancelledError:
            logs.info(COMPONENT, "call cancelled by the client", tool=call.name)
            raise
        logs.info(COMPONENT, "call answered", tool=call.name, failed=bool(result.is_error))
        return result

    async def follow(self, daemon: ClientConnection, asked: Asked) -> dict[str, Any]:
        """Read on until the result, and pass on the progress."""
        async for frame in daemon:
            message = json.loads(frame)
            if message["op"] == "progress" and "step" in message:
                await report(asked, message)
            elif message["op"] in ("call_tool_res", "error"):
                return dict(message)
        raise DaemonError(f"the daemon at {self.address} ended the connection")

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[ClientConnection]:
        """A connection with a session. Raises DaemonError."""
        try:
            # The daemon is on this machine, whatever proxy leads away from it; a result may be longer than its call.
            connection = await connect(self.address, max_size=None, proxy=None, compression=None, close_timeout=0.5)
        except (OSError, InvalidHandshake) as silence:
            raise DaemonError(f"the daemon at {self.address} cannot be reached: {silence}") from silence
        async with connection:
            hello = {"op": "hello", "token": self.settings.token.get_secret_value()}
            answer = await exchange(connection, hello)
            if not answer.get("ok"):
                raise DaemonError(f"the daemon at {self.address} refuses the shim: {answer.get('error')}")
            yield connection


async def exchange(connection: ClientConnection, message: dict[str, Any]) -> dict[str, Any]:
    """A message and its answer."""
    await connection.send(protocol.write(message))
    return dict(json.loads(await connection.recv()))


async def report(asked: Asked, heartbeat: dict[str, Any]) -> None:
    """A heartbeat as a progress notification: it counts seconds, since steps may take long; the message tells steps."""
    elapsed, remaining = heartbeat["elapsed"], heartbeat["estimated_remaining"]
    total = None if remaining is None else elapsed + remaining
    step = f"step {heartbeat['step']} of {heartbeat['total_steps']}"
    note = f"{step}: {heartbeat['note']}" if "note" in heartbeat else step
    await asked.session.report_progress(elapsed, total, note)


def as_tool(shown: dict[str, Any]) -> types.Tool:
    """A tool as MCP lists it."""
    return types.Tool(name=shown["name"], description=shown["description"], input_schema=shown["inputSchema"])


def as_result(message: dict[str, Any]) -> types.CallToolResult:
    """A result as MCP has it."""
    if message["op"] == "error":
        return failed(f"EXEC_ERROR: {message['message']}")
    if "error" in message:
        return failed(f"{message['error']['code']}: {message['error']['message']}")
    return types.CallToolResult(content=[types.TextContent(type="text", text=message["text"])])


def failed(text: str) -> types.CallToolResult:
    """A call that failed, in words."""
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)


async def serve(settings: Settings) -> None:
    """Serve one MCP client until it closes stdin."""
    shim = Shim(settings)
    server: Server[Any] = Server(
        "tool-daemon", version=VERSION, on_list_tools=shim.list_tools, on_call_tool=shim.call_tool
    )
    async with stdio_server() as (incoming, outgoing):
        logs.info(COMPONENT, "shim started", daemon=shim.address)
        await server.run(incoming, outgoing, server.create_initialization_options())
    logs.info(COMPONENT, "shim ended")


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until stdin ends. 2 for bad settings."""
    return start(Settings, "tool_daemon", _serve, program="python -m support.backends.tool_daemon.shim", argv=argv)


def _serve(settings: Settings) -> int:
    try:
        require(settings)
    except ConfigurationError as fault:
        say(str(fault), sys.stderr)
        return 2
    with logs.to(settings, settings.log_directory, "shim.log", stderr=True):
        asyncio.run(serve(settings))
    return 0


def require(settings: Settings) -> None:
    """Raise ConfigurationError unless the shim can find the daemon."""
    rules.require(settings)
    if not settings.port:
        problem = Problem("port", "default", "is required by the shim", "set DAEMON_PORT to that of the daemon")
        raise ConfigurationError("The configuration is refused", [problem])


if __name__ == "__main__":
    sys.exit(main())
