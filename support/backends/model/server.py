"""Running the model: one process, two sockets (API and control), a graceful end at SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import socket

from support.backends import serving

from . import control
from .app import create_app
from .settings import Settings
from .state import State
from .watching import watched

_GRACE_SECONDS = 1
"""For answers that are nearly sent; those that are scripted to take their time are broken off at once."""


def run(settings: Settings, announce: serving.Announce) -> None:
    """Serve until SIGTERM or SIGINT; blocks.

    `announce` is called once, when both sockets take calls, with `address` and `control` (base URLs, without /v1).
    Raises OSError when a port is taken.
    """
    with (
        serving.listening(settings.host, settings.port) as api_socket,
        serving.listening(settings.host, settings.control_port) as control_socket,
    ):
        asyncio.run(_serve(settings, api_socket, control_socket, announce))


async def _serve(
    settings: Settings, api_socket: socket.socket, control_socket: socket.socket, announce: serving.Announce
) -> None:
    state = State(settings)
    public = serving.Server(watched(create_app(state), state.ledger), grace_s=_GRACE_SECONDS, stopping=state.stopping)
    state.connections = public.connections
    private = serving.Server(control.create_app(state), grace_s=_GRACE_SECONDS)
    await serving.serve(public, api_socket, private, control_socket, announce)
