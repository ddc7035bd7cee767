"""The control port: for the suite only, never for the API's users. JSON in and out, no token.

Practices (shapes in seeding.py; what is left out has a default):
  POST   /practices      {name, timezone?, address?, phone?, email?, website?, services?, opening_hours?,
                          practitioners: [{name, id?, token?, email?, role?, status?, specialties?}],
                          clients: [{name, id?, token?, practitioner?, demographics…, assignments, conversations,
                                     sessions, moods, documents, notes, appointments, invoices, reminders}],
                          templates: [{name, type?, description?, content}]}
                         -> {id, name, received, administrator, practitioners, clients, templates}: `received` is the
                         number of the last request before; a person is {id, name, token}, a client also practitioner_id
                         and what was made for them; a thing is {id, and what names it}.
                         A token is answered this once. A person's id is the profile.
  POST   /practices/{id}/add                       {practitioners?, clients?, templates?} -> those that are new
  POST   /practices/{id}/clients/{client}/add      {sessions?, moods?, …} -> those that are new
  POST   /practices/{id}/people/{person}/tokens    -> {token}: another one;  DELETE makes all unknown -> {revoked}
  GET    /practices      -> {practices: [{id, name}]};  DELETE /practices/{id} with everything in it, and its requests
                         and faults -> {deleted: true}
  GET    /counts         -> {practices: {id: {kind: count}}}; kinds without any are left out
Faults: the public port answers matching requests wrongly. The oldest fault that matches and has hits left wins.
  POST   /faults         {method: "GET" or "*", path: glob such as "/api/v1/documents*", practice?: id, person?: id,
                          times: how many requests (null: until cleared), delay_s: seconds to wait first, and at most
                          one of
                            status: 200..599 with body (any JSON; default the contract's error) and headers
                            malformed: true (200 with JSON that breaks off), or the text to answer 200 with
                            reset: true (the connection is reset instead of an answer)
                          processed: true to do the work first, before the delay and before the answer is spoilt}
                         -> {id}. With only delay_s the right answer comes late; a client that goes meanwhile has its
                         work not done, unless it was processed first.
  GET    /faults         -> {faults: [{id, hits, remaining, ...as given}]}
  DELETE /faults?practice=   clear all, or those of a practice -> {cleared};  DELETE /faults/{id} one
Requests received on the public port, oldest first, at most the last 5,000:
  GET    /requests?practice=&person=&token_digest=&method=&path=(glob)&since=(number)
                         -> {requests: [{number, method, path, query, headers, token_digest, profile, practice, person,
                             body, started, ended, status, fault, hung_up}]}
                         Of a header that was sent twice both values are shown, and the first is the one that counts.
                         token_digest is the SHA-256 of the bearer token in hex, headers show it as ****; practice and
                         person are null for an unknown token. body is parsed JSON, else text. Times are unix seconds of
                         one clock that never goes back; ended and status are null while it is answered, status stays
                         null when the connection was reset or the client went (hung_up).
  DELETE /requests?practice=   -> {forgotten}
  GET    /health         -> {status: "ok"}
"""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from support.backends import describing

from . import accounts, calls, errors, people, seeding, storage
from .accounts import Kind
from .answers import answer
from .errors import Problem
from .traffic import Entry, Fault, NewFault, Traffic


def create_app(store: storage.Store, traffic: Traffic) -> FastAPI:
    """The app of the control port; see the top of this module."""
    app = FastAPI(title="Practice API: control", redirect_slashes=False)
    app.router.route_class = calls.ControlRoute
    errors.install(app)
    _offer_practices(app, store, traffic)
    _offer_people(app, store)
    _offer_faults(app, traffic)
    _offer_requests(app, traffic)

    @app.get("/health")
    async def health() -> Any:
        return answer({"status": "ok"})

    describing.describe(app, Path(__file__).with_name("control.yaml"))
    return app


def _offer_practices(app: FastAPI, store: storage.Store, traffic: Traffic) -> None:
    @app.post("/practices")
    def create(body: seeding.SeededPractice) -> Any:
        received = traffic.received
        with store.writing() as db:
            made = seeding.create(db, body)
        return answer({**made, "received": received})

    @app.post("/practices/{practice}/add")
    def add(practice: str, body: seeding.PracticeContent) -> Any:
        with store.writing() as db:
            made = seeding.add(db, practice, body)
        return answer(made)

    @app.post("/practices/{practice}/clients/{client}/add")
    def add_to_client(practice: str, client: str, body: seeding.ClientContent) -> Any:
        with store.writing() as db:
            made = seeding.add_to_client(db, practice, client, body)
        return answer(made)

    @app.get("/practices")
    def list_practices() -> Any:
        with store.reading() as db:
            rows = db.execute(sa.select(storage.PRACTICES)).mappings().all()
        return answer({"practices": [{"id": row["id"], "name": row["content"]["name"]} for row in rows]})

    @app.delete("/practices/{practice}")
    async def delete(practice: str) -> Any:
        if not await run_in_threadpool(_erase, store, practice):
            raise Problem(404, f"there is no practice {practice!r}")
        traffic.forget(practice)
        traffic.clear(practice)
        return answer({"deleted": True})

    @app.get("/counts")
    def count() -> Any:
        with store.reading() as db:
            counted = storage.counts(db)
        return answer({"practices": counted})


def _erase(store: storage.Store, practice: str) -> int:
    with store.writing() as db:
        return storage.erase(db, practice)


def _offer_people(app: FastAPI, store: storage.Store) -> None:
    kinds = {
        people.PRACTITIONERS: Kind.PRACTITIONER,
        people.ADMINISTRATORS: Kind.ADMINISTRATOR,
        people.CLIENTS: Kind.CLIENT,
    }

    def kind_of(db: sa.Connection, practice: str, person: str) -> Kind:
        for table, kind in kinds.items():
            if storage.find(db, practice, table, person):
                return kind
        raise Problem(404, f"there is no person {person!r} in this practice")

    @app.post("/practices/{practice}/people/{person}/tokens")
    def give_token(practice: str, person: str) -> Any:
        with store.writing() as db:
            token = accounts.open_account(db, practice, person, kind_of(db, practice, person))
        return answer({"token": token})

    @app.delete("/practices/{practice}/people/{person}/tokens")
    def revoke_tokens(practice: str, person: str) -> Any:
        with store.writing() as db:
            kind_of(db, practice, person)
            revoked = accounts.close_accounts(db, practice, person)
        return answer({"revoked": revoked})


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
    async def clear_faults(practice: str | None = None) -> Any:
        return answer({"cleared": traffic.clear(practice)})

    @app.delete("/faults/{fault_id}")
    async def clear_fault(fault_id: str) -> Any:
        found = [fault for fault in traffic.faults if fault.id == fault_id]
        if not found:
            raise Problem(404, f"there is no fault {fault_id!r}")
        traffic.faults.remove(found[0])
        return answer({"cleared": 1})


def _offer_requests(app: FastAPI, traffic: Traffic) -> None:
    @app.get("/requests")
    async def list_requests(
        practice: str | None = None,
        person: str | None = None,
        token_digest: str | None = None,
        method: str = "*",
        path: str = "*",
        since: int = 0,
    ) -> Any:
        wanted = {"practice": practice, "person": person, "token_digest": token_digest}
        found = [
            entry.shown()
            for entry in traffic.entries
            if entry.number > since
            and method.upper() in ("*", entry.method)
            and fnmatch.fnmatchcase(entry.path, path)
            and _is(entry, wanted)
        ]
        return answer({"requests": found})

    @app.delete("/requests")
    async def forget_requests(practice: str | None = None) -> Any:
        return answer({"forgotten": traffic.forget(practice)})


def _is(entry: Entry, wanted: dict[str, str | None]) -> bool:
    return all(value is None or getattr(entry, name) == value for name, value in wanted.items())
