"""The control port: for the suite only, never for the system's users. JSON in and out, no key.

Faults: the public port answers matching requests wrongly. The oldest fault that matches wins.
  POST   /faults         {method: "GET" or "*", path: glob such as "/v1/datasets*", times: how many requests (null:
                         until cleared), delay_s: seconds to wait first, and at most one of
                           status: 200..599 with body (any JSON; default the contract's error) and headers {name: value}
                           malformed: true   200 with JSON that breaks off
                           reset: true       the connection is reset instead of an answer
                         processed: true to let the platform do its work before the answer is spoilt}
                         -> {id}. With only delay_s the right answer comes late.
  GET    /faults         -> {faults: [{id, hits, remaining, ...as given}]}
  DELETE /faults         clear all -> {cleared: count};  DELETE /faults/{id} one
Requests received on the public port, oldest first, at most the last 20,000, with the status that was sent (null: reset,
or still open), at (unix seconds) and duration_ms; keys and bodies are not kept:
  GET    /requests?method=&path=(glob)   -> {requests: [{number, method, path, query, status, at, duration_ms, fault}]}
  GET    /requests/counts                -> {counts: [{method, path, status, count}], total}
  DELETE /requests                       forget -> {forgotten: count}
What is stored:
  GET    /rows?project=name or id        -> {projects: {project name: {table: count}}}; tables without rows are left out
  GET    /projects/{id}/content          -> {content}: everything in a project but its keys, opaque
  POST   /projects       {name, description?, kinds?: ["project", "ingestion", "data_plane"], content?: as it was given}
                         -> {id, name, keys: {kind: key}}; a project that exists is given further keys; a new one with
                         content begins with it: the same ids, names and times as there
  DELETE /projects/{id}  delete a project, its keys and everything in it -> {deleted: true}
  GET    /health         -> {status: "ok"}
"""

from __future__ import annotations

import asyncio
import fnmatch
import json
import time
from collections import Counter, deque
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi import Query as QueryParameters
from pydantic import Field, model_validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from support.backends import describing, serving, spoiling

from . import auth, calls, errors, ids, projects, storage
from .answers import answer
from .errors import Problem
from .fields import Body, Name

_KEPT_REQUESTS = 20_000
_MALFORMED = b'{"truncated": [1, 2, {"name": "'


class NewFault(Body):
    """Body of POST /faults."""

    method: str = "*"
    path: str = "*"
    times: Annotated[int, Field(gt=0)] | None = None
    delay_s: Annotated[float, Field(ge=0, le=600)] = 0.0
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    body: Any = None
    headers: spoiling.SentHeaders = Field(default_factory=dict)
    malformed: bool = False
    reset: bool = False
    processed: bool = False

    @model_validator(mode="after")
    def _one_fault(self) -> NewFault:
        kinds = sum((self.status is not None, self.malformed, self.reset))
        if kinds > 1:
            raise ValueError("status, malformed, reset: at most one of them")
        if kinds == 0 and not self.delay_s:
            raise ValueError("one of status, malformed, reset, delay_s is needed")
        return self


class Fault:
    """A fault in force."""

    def __init__(self, asked: NewFault) -> None:
        self.id = ids.new_id()
        self.asked = asked
        self.hits = 0

    @property
    def remaining(self) -> int | None:
        """Requests that it will still hit; None: until cleared."""
        return None if self.asked.times is None else self.asked.times - self.hits

    def matches(self, method: str, path: str) -> bool:
        """Whether it hits this request."""
        return (
            self.remaining != 0
            and self.asked.method.upper() in ("*", method)
            and fnmatch.fnmatchcase(path, self.asked.path)
        )

    def shown(self) -> dict[str, Any]:
        """As GET /faults shows it."""
        return {"id": self.id, "hits": self.hits, "remaining": self.remaining, **self.asked.model_dump()}


class Traffic:
    """What the public port receives, and the faults it answers with."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.requests: deque[dict[str, Any]] = deque(maxlen=_KEPT_REQUESTS)
        self.connections: Collection[Any] = ()
        """The open connections of the public server (uvicorn protocols)."""
        self._received = 0

    def watched(self, app: ASGIApp) -> ASGIApp:
        """The same app, seen and spoilt."""

        async def watching(scope: Scope, receive: Receive, send: Send) -> None:
            entry = self._enter(scope)
            started = time.perf_counter()

            async def noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    entry["status"] = message["status"]
                await send(message)

            fault = next((each for each in self.faults if each.matches(scope["method"], scope["path"])), None)
            try:
                if fault is None:
                    await app(scope, receive, noting)
                else:
                    fault.hits += 1
                    entry["fault"] = fault.id
                    await self._spoil(fault.asked, app, scope, receive, noting)
            finally:
                entry["duration_ms"] = round((time.perf_counter() - started) * 1000, 3)

        return watching

    def _enter(self, scope: Scope) -> dict[str, Any]:
        self._received += 1
        entry: dict[str, Any] = {
            "number": self._received,
            "method": scope["method"],
            "path": scope["path"],
            "query": scope["query_string"].decode("latin-1"),
            "status": None,
            "at": time.time(),
            "duration_ms": None,
            "fault": None,
        }
        self.requests.append(entry)
        return entry

    async def _spoil(self, fault: NewFault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        answered = fault.status is not None or fault.malformed or fault.reset
        if not answered:
            await app(scope, receive, send)
            return
        if fault.processed:
            await app(scope, receive, _drop)
        if fault.reset:
            serving.reset(self.connections, scope["client"])
        else:
            await _answer_wrongly(fault, send)


async def _drop(_message: Message) -> None:
    """Swallow an answer that will be replaced."""


async def _answer_wrongly(fault: NewFault, send: Send) -> None:
    if fault.malformed:
        status, content = 200, _MALFORMED
    else:
        status = fault.status or 500
        body = fault.body if "body" in fault.model_fields_set else errors.body_of(status, "fault by the control port")
        content = json.dumps(body, ensure_ascii=False).encode()
    await spoiling.answer(send, status, content, fault.headers)


class SeededProject(Body):
    """Body of POST /projects."""

    name: Name
    description: str | None = None
    kinds: list[str] = Field(default_factory=lambda: [auth.Kind.PROJECT.value])
    content: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _known_kinds(self) -> SeededProject:
        known = [kind.value for kind in auth.Kind if kind is not auth.Kind.ADMIN]
        for kind in self.kinds:
            if kind not in known:
                raise ValueError(f"kinds: there is no {kind!r}, only {', '.join(known)}")
        return self


def create_app(store: storage.Store, traffic: Traffic) -> FastAPI:
    """The app of the control port; see the top of this module."""
    app = FastAPI(title="Evaluation platform: control", redirect_slashes=False)
    app.router.route_class = calls.StrictRoute
    errors.install(app)
    _offer_faults(app, traffic)
    _offer_requests(app, traffic)
    _offer_rows(app, store)
    describing.describe(app, Path(__file__).with_name("control.yaml"))
    return app


def _offer_faults(app: FastAPI, traffic: Traffic) -> None:
    @app.post("/faults")
    async def add_fault(body: NewFault) -> Any:
        fault = Fault(body)
        traffic.faults.append(fault)
        return answer({"id": fault.id})

    @app.get("/faults")
    async def list_faults() -> Any:
        return answer({"faults": [fault.shown() for fault in traffic.faults]})

    @app.delete("/faults")
    async def clear_faults() -> Any:
        cleared = len(traffic.faults)
        traffic.faults.clear()
        return answer({"cleared": cleared})

    @app.delete("/faults/{fault_id}")
    async def clear_fault(fault_id: str) -> Any:
        found = [fault for fault in traffic.faults if fault.id == fault_id]
        if not found:
            raise Problem(404, f"there is no fault {fault_id!r}")
        traffic.faults.remove(found[0])
        return answer({"cleared": 1})


def _offer_requests(app: FastAPI, traffic: Traffic) -> None:
    @app.get("/requests")
    async def list_requests(method: str = "*", path: str = "*") -> Any:
        wanted = [
            entry
            for entry in traffic.requests
            if method.upper() in ("*", entry["method"]) and fnmatch.fnmatchcase(entry["path"], path)
        ]
        return answer({"requests": wanted})

    @app.get("/requests/counts")
    async def count_requests() -> Any:
        counted = Counter((entry["method"], entry["path"], entry["status"]) for entry in traffic.requests)
        counts = [
            {"method": method, "path": path, "status": status, "count": count}
            for (method, path, status), count in counted.items()
        ]
        return answer({"counts": counts, "total": len(traffic.requests)})

    @app.delete("/requests")
    async def forget_requests() -> Any:
        forgotten = len(traffic.requests)
        traffic.requests.clear()
        return answer({"forgotten": forgotten})


def _offer_rows(app: FastAPI, store: storage.Store) -> None:
    @app.get("/health")
    async def health() -> Any:
        return answer({"status": "ok"})

    @app.get("/rows")
    def count_rows(project: Annotated[str | None, QueryParameters()] = None) -> Any:
        with store.reading() as db:
            counted = storage.counts(db)
            known = projects.everyone(db)
        return answer(
            {
                "projects": {
                    name: counted.get(project_id, {})
                    for project_id, name in known.items()
                    if project in (None, name, project_id)
                }
            }
        )

    @app.post("/projects")
    def seed_project(body: SeededProject) -> Any:
        with store.writing() as db:
            known = projects.named(db, body.name)
            if known and body.content is not None:
                raise errors.conflict("name", "another project has it; content is for a new one")
            project_id = known["id"] if known else projects.insert(db, body.name, body.description)
            if body.content is not None:
                projects.restore(db, project_id, body.content)
            keys = {kind: auth.add_key(db, project_id, auth.Kind(kind))[1] for kind in body.kinds}
        return answer({"id": project_id, "name": body.name, "keys": keys})

    @app.get("/projects/{project_id}/content")
    def read_content(project_id: str) -> Any:
        with store.reading() as db:
            return answer({"content": projects.content(db, project_id)})

    @app.delete("/projects/{project_id}")
    def delete_project(project_id: str) -> Any:
        with store.writing() as db:
            deleted = projects.erase(db, project_id)
        if not deleted:
            raise Problem(404, f"there is no project {project_id!r}")
        return answer({"deleted": True})
