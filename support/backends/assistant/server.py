"""Running the service: one process, one socket, a graceful end at SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import socket

from support.backends import serving

from . import logs
from .app import create_app
from .protocol import Protocol
from .settings import MAX_FRAME_BYTES, Settings
from .state import State

_GRACE_SECONDS = 3


def run(settings: Settings, announce: serving.Announce) -> None:
    """Serve until SIGTERM or SIGINT; blocks.

    `announce` is called once, when calls are taken, with `address`. Raises OSError when the port is taken,
    PersonaFaultError for persona files that cannot be used.
    """
    logs.configure(settings)
    with serving.listening(settings.host, settings.port) as listener:
        asyncio.run(_serve(settings, listener, announce))


async def _serve(settings: Settings, listener: socket.socket, announce: serving.Announce) -> None:
    state = State(settings)
    await state.start()
    try:
        server = serving.Server(
            create_app(state),
            grace_s=_GRACE_SECONDS,
            stopping=state.stopping,
            ws=Protocol,
            ws_max_size=MAX_FRAME_BYTES,
            ws_per_message_deflate=False,
            ws_ping_interval=settings.ping_interval,
            ws_ping_timeout=settings.ping_timeout,
        )
        await serving.serve_one(server, listener, announce)
    finally:
        await state.close()
