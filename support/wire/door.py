"""The listening socket of a proxy: it can be shut, so that calls are refused, and opened again on the same port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

_HOST = "127.0.0.1"
_BACKLOG = 1024
_MORE_THAN_THE_QUEUE_HOLDS = 4


class Door:
    """Used on the wire's own thread, by one task at a time."""

    def __init__(self, answer: Callable[[], asyncio.Protocol]) -> None:
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._closed = False
        self._keeper: socket.socket | None = None
        """Bound and not listening: connections are refused, and nobody else takes the port."""
        self._queue: list[socket.socket] = []
        """What fills the keeper's queue, where connections are not even to be refused."""

    async def open(self) -> int:
        """Listen, on the port of the first time; answers it, or 0 once closed for good."""
        if self._closed:
            return 0
        loop = asyncio.get_running_loop()
        self._unclog()
        if self._keeper is not None:
            keeper, self._keeper = self._keeper, None
            self._server = await loop.create_server(self._answer, sock=keeper, backlog=_BACKLOG)
        elif self._server is None:
            self._server = await loop.create_server(self._answer, _HOST, 0, backlog=_BACKLOG)
        if self._closed:
            self._server.close()
            return 0
        answered: int = self._server.sockets[0].getsockname()[1]
        return answered

    def shut(self, *, deaf: bool = False) -> None:
        """Refuse connections from now on, or leave them unanswered when deaf, and keep the port."""
        if self._server is None:
            return
        port = self._server.sockets[0].getsockname()[1]
        self._server.close()
        self._server = None
        self._keeper = _bound(port)
        if deaf:
            self._clog(port)

    def _clog(self, port: int) -> None:
        """Fill the listening queue: from then on the system drops who connects."""
        assert self._keeper is not None
        self._keeper.listen(0)
        for _ in range(_MORE_THAN_THE_QUEUE_HOLDS):
            caller = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            caller.setblocking(False)
            caller.connect_ex((_HOST, port))
            self._queue.append(caller)

    def _unclog(self) -> None:
        if self._keeper is None or not self._queue:
            return
        port = self._keeper.getsockname()[1]
        self._keeper.close()
        self._drop_queue()
        self._keeper = _bound(port)

    def _drop_queue(self) -> None:
        for caller in self._queue:
            caller.close()
        self._queue.clear()

    def close(self) -> None:
        """Give the port up, for good."""
        self._closed = True
        if self._server is not None:
            self._server.close()
            self._server = None
        self._drop_queue()
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None


def _bound(port: int) -> socket.socket:
    """A socket that keeps a port and does not listen yet."""
    keeper = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # Connections accepted before hold the port too.
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind((_HOST, port))
    return keeper
