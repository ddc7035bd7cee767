"""The faulty service's server: `run` as every backend has it."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel
from starlette.middleware.base import RequestResponseEndpoint

from support.backends import describing, serving
from tests.throwaway.faulty.settings import Settings

FAULTS = (
    "fails",
    "lets everybody in",
    "answers an odd status",
    "answers text",
    "answers another shape",
    "leaves a header out",
    "takes anything",
)
ANSWERS = Path(__file__).with_name("answers.yaml")


class Thing(BaseModel):
    """What is described."""

    size: int


def path_of(fault: str) -> str:
    """Where it is wrong in this way; "" is right."""
    return "/" + (fault.replace(" ", "-") or "right")


def create_app() -> FastAPI:
    """The service: a route for each fault, which its description does not say."""
    app = FastAPI()

    async def described(body: Thing) -> Response:
        return JSONResponse(body.model_dump())

    for fault in ("", *FAULTS):
        app.post(path_of(fault))(described)
    describing.describe(app, ANSWERS)
    app.openapi()
    app.router.routes = [route for route in app.router.routes if getattr(route, "path", "") == "/openapi.json"]
    app.middleware("http")(name_itself)
    for fault in ("", *FAULTS):
        app.add_route(path_of(fault), partial(take, fault), methods=["POST"])
    return app


async def name_itself(request: Request, answer: RequestResponseEndpoint) -> Response:
    """Every answer but one says whose it is."""
    response = await answer(request)
    if request.url.path != path_of("leaves a header out"):
        response.headers["x-served-by"] = "faulty"
    return response


async def take(fault: str, request: Request) -> Response:
    """What the route of a fault answers."""
    if request.headers.get("authorization") != "Bearer the-key" and fault != "lets everybody in":
        return JSONResponse({"message": "no"}, 401)
    try:
        thing = Thing.model_validate_json(await request.body(), strict=True)
    except ValueError:
        if fault != "takes anything":
            return JSONResponse({"message": "no"}, 400)
        thing = Thing(size=1)
    return wrong(fault, thing)


def wrong(fault: str, thing: Thing) -> Response:
    """The answer to what may be asked."""
    if fault == "fails":
        return JSONResponse({"message": "no"}, 500)
    if fault == "answers an odd status":
        return JSONResponse({"size": thing.size}, 202)
    if fault == "answers text":
        return PlainTextResponse(str(thing.size))
    return JSONResponse({"length": 1} if fault == "answers another shape" else {"size": thing.size})


def run(_settings: Settings, announce: Callable[[dict[str, str]], None]) -> None:
    """Serve until it is killed."""
    with serving.listening("127.0.0.1", 0) as listener:
        announce({"address": serving.url(listener)})
        server = uvicorn.Server(uvicorn.Config(create_app(), log_config=None, lifespan="off"))
        asyncio.run(server.serve(sockets=[listener]))
