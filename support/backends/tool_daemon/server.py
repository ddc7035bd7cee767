"""Running the daemon: one socket, and a graceful end at SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve

from support.backends import serving

from . import connections, health, logs, protocol
from . import settings as rules
from .settings import Settings
from .state import State

COMPONENT = "server"


def run(settings: Settings, announce: serving.Announce) -> None:
    """Serve until SIGTERM or SIGINT; blocks.

    `announce` is called once, when it takes calls, with `address` ("ws://host:port"). Raises ConfigurationError for
    settings that lack something, OSError when the port is taken or the folder cannot be written.
    """
    rules.require(settings)
    with (
        serving.listening(settings.host, settings.port) as listener,
        folder(settings) as place,
        logs.to(settings, place, "daemon.log"),
    ):
        asyncio.run(_serve(settings, listener, place, announce))


@contextlib.contextmanager
def folder(settings: Settings) -> Iterator[Path]:
    """Where log, metrics and health file lie."""
    if settings.log_directory is not None:
        settings.log_directory.mkdir(parents=True, exist_ok=True)
        yield settings.log_directory
        return
    with tempfile.TemporaryDirectory(prefix="tool-daemon-") as temporary:
        yield Path(temporary)


async def _serve(settings: Settings, listener: socket.socket, place: Path, announce: serving.Announce) -> None:
    host, port = listener.getsockname()
    state = State.of(settings, place, host, port)
    state.metrics.open(place, settings)
    stop = _stop_signal()

    async def handle(connection: ServerConnection) -> None:
        await connections.serve(state, connection)

    chores = [asyncio.create_task(each) for each in (state.sessions.keep_sweeping(), health.keep_writing(state))]
    try:
        async with serve(
            handle,
            sock=listener,
            max_size=protocol.MAX_MESSAGE_BYTES,
            ping_interval=settings.ping_interval,
            ping_timeout=settings.ping_interval,
            close_timeout=connections.FAREWELL_S,
            compression=None,
            logger=_of_strangers(),
        ):
            logs.info(COMPONENT, "daemon started", host=host, port=port, timeouts=settings.timeouts)
            announce({"address": f"ws://{host}:{port}"})
            await stop.wait()
            logs.info(COMPONENT, "daemon stopping", sessions=state.sessions.count(), calls=state.capacity.total)
            await state.sessions.dismiss()
    finally:
        for chore in chores:
            chore.cancel()
        await state.providers.close()
        state.metrics.close()
        health.remove(place)
        logs.info(COMPONENT, "daemon stopped")


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _of_strangers() -> logging.Logger:
    """The log of the WebSocket library: a port scan is no error of the daemon's; what matters it raises as well."""
    logger = logging.getLogger(f"{logs.ROOT}.websockets")
    logger.setLevel(logging.CRITICAL)
    return logger
