"""Routes whose requests a backend reads by rules of its own, such as JSON by the letter."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute


def route_of(kind: type[Request]) -> type[APIRoute]:
    """A kind of route that gives the handler which FastAPI made a request of this kind."""

    class StrictRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def answer(plain: Request) -> Response:
                return await handle(kind(plain.scope, plain.receive))

            return answer

    return StrictRoute
