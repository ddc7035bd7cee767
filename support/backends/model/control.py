"""The control port: for the suite only, never for the model's users. JSON in and out, no key.

Scripts: what the model answers. Nothing is ever made up: a request that no script has a turn for is answered 400, with
code "no_script" and a message that names the request and the scripts (x-model says that it is scripted, anyway).
  POST   /scripts        {turns: [turn, …], name?, when?: condition, repeat?: false, held_until?} -> {id, name}
  GET    /scripts        -> {scripts: [{id, name, taken, left (null: without end), when, turns, repeat}]}
  DELETE /scripts        -> {removed: count};  DELETE /scripts/{id} one
Each request takes the next turn of the first script that has one left for it: scripts with a condition go before those
without, older before newer. A client's own retry is a request like any other, and takes the next turn.

With `held_until` its answers wait at a gate: a number, until so many wait at once and nobody else has come for 50 ms;
"opened", until POST /open -> {opened: count of gates}. A gate that was opened stays open, and opens after 4 s anyway.

A condition: all that is given must hold.
  system_contains, last_user_contains, any_user_contains   a text is in the system prompt (the persona), in the last or
                                                           in any message of the user
  tool_result      true: the request ends with tool results; false: it does not; a name: with one of that tool
  model, api       the model's name; "chat", "responses" or "messages" (Anthropic)
  header           {name: glob}, such as {"x-client-request-id": "session-1/*"}
  offers_tool      a tool of that name is offered
A turn: one of
  text             a text (streamed word by word), or a list of texts: the chunks of the stream
  tool_calls       [{name, arguments: object, or text that is sent as it is, id?}], also beside a text; several at once
  refusal          a refusal in words
  empty: true      an answer without text
  error            {status, message?, type?, code?, param?, retry_after? (s), headers?, body? (a text: as it is)};
                   what is left out is the provider's own; a 429 has retry-after (default 1) and rate-limit headers
  malformed        true: 200 with JSON that breaks off; a text: that text
and
  finish           stop, length, tool_calls, content_filter; alone: an answer without text. Else stop, or tool_calls.
                   A text over the request's token limit is cut there (finish length), as before its stop sequences.
  delay_s          seconds before anything is sent; chunk_delay_s  seconds between chunks
  cut_after        the connection ends after that many chunks; a plain answer in its middle
A chunk is a piece of the text or 16 characters of a call's arguments. Texts and arguments may take values from tool
results in the request that they answer: see references.py, `${search_clients:result.clients[0].client_id}`; what is not
there is answered 400 with code "no_such_result" and a message that names it.

Moderations flag a text exactly when a rule matches it (embeddings: see wire/embeddings.py; tokens: tokens.py):
  POST   /moderations    {contains, categories: ["violence", …]} -> {rules: count};  DELETE /moderations
Received on the public port, oldest first, at most the last 5,000; keys are masked:
  GET    /received?api=&model=&script=&error=&since=(number)&body=(true: with the whole body)
                                &schemas=(false: of the tools offered, the names alone)
                         -> {requests: [{number, request_id, method, path, headers, started, ended, status, api, model,
                             stream, messages, system, tools, temperature, max_tokens, body?, script, turn, error,
                             finish, usage: {prompt, completion, total}, chunks, first_chunk_at, hung_up, cut}],
                             forgotten}
                         Times are unix seconds of one clock that never goes back: two requests ran at once when each
                         started before the other ended (ended is null while one runs). hung_up: the client went before
                         the answer was complete. error: the code (or message) of an error that was answered.
  DELETE /received       -> {forgotten: count}
  POST   /reset          scripts, moderation rules and received requests are gone -> {reset: true}
  GET    /health         -> {status: "ok"}
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from support.backends import describing

from . import encoding, moderating
from .ledger import Entry
from .scripts import Script
from .state import State


class Flag(BaseModel):
    """Body of POST /moderations."""

    model_config = ConfigDict(extra="forbid", strict=True)

    contains: Annotated[str, Field(min_length=1)]
    categories: Annotated[list[moderating.Category], Field(min_length=1)]


def create_app(state: State) -> FastAPI:
    """The app of the control port; see the top of this module."""
    app = FastAPI(title="Scripted model: control", redirect_slashes=False)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    _offer_scripts(app, state)
    _offer_received(app, state)
    _offer_moderations(app, state)

    @app.post("/reset")
    async def reset() -> Any:
        state.scripts.clear()
        state.ledger.clear()
        state.flags.clear()
        state.shelf.clear()
        return {"reset": True}

    @app.get("/health")
    async def health() -> Any:
        return {"status": "ok"}

    describing.describe(app, Path(__file__).with_name("control.yaml"))
    return app


def _offer_scripts(app: FastAPI, state: State) -> None:
    @app.post("/scripts")
    async def add_script(body: Script) -> Any:
        standing = state.scripts.add(body)
        return {"id": standing.id, "name": standing.name}

    @app.get("/scripts")
    async def list_scripts() -> Any:
        return encoding.Json({"scripts": [standing.shown() for standing in state.scripts.standing]})

    @app.delete("/scripts")
    async def clear_scripts() -> Any:
        return {"removed": state.scripts.clear()}

    @app.post("/open")
    async def open_gates() -> Any:
        return {"opened": state.scripts.open_gates()}

    @app.delete("/scripts/{script_id}")
    async def remove_script(script_id: str) -> Any:
        if not state.scripts.remove(script_id):
            raise HTTPException(404, f"there is no script {script_id!r}")
        return {"removed": 1}


def _offer_received(app: FastAPI, state: State) -> None:
    @app.get("/received")
    async def list_received(
        body: bool = False,
        schemas: bool = True,
        api: str | None = None,
        model: str | None = None,
        script: str | None = None,
        error: str | None = None,
        since: int = 0,
    ) -> Any:
        wanted = {"api": api, "model": model, "script": script, "error": error}
        entries = (each for each in state.ledger.entries if each.number > since and _is(each, wanted))
        found = [entry.shown(body=body, schemas=schemas) for entry in entries]
        return encoding.Json({"requests": found, "forgotten": state.ledger.forgotten})

    @app.delete("/received")
    async def forget_received() -> Any:
        return {"forgotten": state.ledger.clear()}


def _offer_moderations(app: FastAPI, state: State) -> None:
    @app.post("/moderations")
    async def add_flag(body: Flag) -> Any:
        state.flags.append(moderating.Flag(body.contains, tuple(body.categories)))
        return {"rules": len(state.flags)}

    @app.delete("/moderations")
    async def clear_flags() -> Any:
        removed = len(state.flags)
        state.flags.clear()
        return {"removed": removed}


def _is(entry: Entry, wanted: dict[str, str | None]) -> bool:
    return all(value is None or getattr(entry, name) == value for name, value in wanted.items())


async def _answer_invalid(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, RequestValidationError)
    faults = [
        {"field": ".".join(str(step) for step in fault["loc"][1:]), "fault": fault["msg"].removeprefix("Value error, ")}
        for fault in failure.errors()
    ]
    return encoding.Json({"detail": faults}, 422)
