"""A real practice API as a process of its own, practices in it, and what tools need to run against it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import pytest
from pydantic import SecretStr

from support.backends.assistant import tools
from support.backends.assistant.documents import Writer
from support.backends.assistant.identity import Caller, user_of
from support.backends.assistant.limiter import Limiters
from support.backends.assistant.model import ModelClient
from support.backends.assistant.practice import PracticeApi
from support.backends.assistant.settings import Settings
from support.backends.assistant.tools.base import ToolContext
from support.processes.launcher import Launcher

Result = TypeVar("Result")
SEGMENTS: list[dict[str, Any]] = [
    {"speaker": "Dr. Lee", "text": "How was your week?", "startTime": 0.0},
    {"speaker": "Sarah", "text": "I felt anxious about work and slept badly.", "startTime": 65.5},
]


@dataclass
class Practices:
    """The practice API and its control address."""

    address: str
    control: httpx.Client

    def seed(self, **more: Any) -> Office:
        """A practice with Dr. Lee, Sarah Johnson (who has something of everything), a colleague and two templates."""
        client = {
            "name": "Sarah Johnson",
            "email": "sarah@example.org",
            "assignments": [{"title": "Sleep diary"}],
            "conversations": [{"title": "Sleep", "messages": [{"role": "user", "content": "I sleep badly."}]}],
            "sessions": [{"title": "First", "segments": SEGMENTS}, {"title": "Second", "segments": SEGMENTS[::-1]}],
            "moods": [{"mood": "low", "scale": 4}],
            "documents": [{"name": "Intake", "content": "Taken in."}],
            "notes": [{"content": "Prefers mornings."}],
            "appointments": [{"starts_at": "2031-03-04T10:00:00Z"}],
            "invoices": [{"items": [{"description": "Session", "unit_cents": 12_000}]}],
            "reminders": [{"text": "Call Sarah", "due_at": "2031-03-01T09:00:00Z"}],
        }
        body = {
            "name": "Harbour Practice",
            "practitioners": [{"name": "Dr. Lee"}, {"name": "Dr. Kim"}],
            "clients": [client, {"name": "Omar Haddad", "sessions": [{"title": "Other", "segments": SEGMENTS}]}],
            "templates": [
                {"name": "SOAP note", "content": "# {{clientName}}, {{date}}\nSeen by {{practitionerName}}"},
                {"name": "SOAP note, short", "content": "{{clientName}}"},
            ],
            **more,
        }
        return Office(self, self.order("POST", "/practices", json=body))

    def order(self, method: str, path: str, **how: Any) -> Any:
        """An order to the control address."""
        answer = self.control.request(method, path, **how)
        assert answer.is_success, answer.text
        return answer.json()


@dataclass
class Office:
    """One practice: ids and tokens as the control address answered them."""

    practices: Practices
    made: Any

    @property
    def lee(self) -> Caller:
        """Dr. Lee, a practitioner."""
        return caller(self.made["practitioners"][0])

    @property
    def sarah(self) -> Caller:
        """Sarah Johnson, the client, herself."""
        return caller(self.made["clients"][0])

    @property
    def client(self) -> Any:
        """Sarah's ids."""
        return self.made["clients"][0]

    def asked(self) -> list[Any]:
        """What the practice received, oldest first."""
        found = self.practices.order("GET", "/requests", params={"practice": self.made["id"]})
        return list(found["requests"])

    def calls(self) -> list[tuple[Any, ...]]:
        """The same as (method, path, query, body)."""
        return [(each["method"], each["path"], each["query"], each["body"]) for each in self.asked()]

    def fault(self, **fault: Any) -> None:
        """Have the practice answer wrongly."""
        self.practices.order("POST", "/faults", json={"practice": self.made["id"], **fault})

    def read(self, path: str, who: Caller | None = None, **query: Any) -> Any:
        """A look into the practice that does not go through the assistant."""
        who = who or self.lee
        headers = {"Authorization": f"Bearer {who.token.get_secret_value()}", "ProfileID": who.profile or ""}
        answer = httpx.get(f"{self.practices.address}/api/v1{path}", params=query, headers=headers, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()


def caller(person: Any) -> Caller:
    """Somebody of a practice as the assistant knows them."""
    return Caller(SecretStr(person["token"]), user_of(person["token"]), person["id"], "192.0.2.7", "Browser/1")


@dataclass
class Page:
    """The UI state of one session, in memory."""

    keys: dict[str, Any] = field(default_factory=dict)

    def read(self) -> dict[str, Any]:
        """A copy."""
        return copy.deepcopy(self.keys)

    async def change(self, **keys: Any) -> None:
        """Set keys, after others had their turn."""
        await asyncio.sleep(0)
        self.keys |= keys


@dataclass
class Desk:
    """What tools need, for the length of one event loop."""

    settings: Settings
    who: Caller
    page: Page
    practice: PracticeApi
    model: ModelClient
    writer: Writer

    def context(self, **more: Any) -> ToolContext:
        """A turn of a persona that has every tool."""
        given: dict[str, Any] = {"permitted": tools.catalogue(), "request_id": "session-1/1", **more}
        return ToolContext(
            caller=self.who,
            session_id="session-1",
            ui_state=self.page,
            practice=self.practice,
            writer=self.writer,
            **given,
        )


def at_desk(
    office: Office,
    work: Callable[[Desk], Awaitable[Result]],
    *,
    who: Caller | None = None,
    page: Page | None = None,
    **settings: Any,
) -> Result:
    """Do some work with an event loop and clients of its own; they are closed afterwards."""
    given = {"practice_url": office.practices.address, "practice_timeout": 5.0, **settings}
    made = Settings.model_validate(given)

    async def run() -> Result:
        practice = PracticeApi(
            made.practice_url, timeout_s=made.practice_timeout, tries=made.practice_tries, pause_s=0.01
        )
        model = ModelClient(made, Limiters(made.max_requests_per_user, made.limiter_idle))
        desk = Desk(made, who or office.lee, page or Page(), practice, model, Writer(made, model, practice))
        try:
            return await work(desk)
        finally:
            await desk.writer.close()
            await model.close()
            await practice.close()

    return asyncio.run(run())


@pytest.fixture(scope="session")
def practices(launcher: Launcher) -> Iterator[Practices]:
    """The practice API; it must not have failed at anything."""
    backend = launcher.start("practice", {})
    with httpx.Client(base_url=backend.control, timeout=10, trust_env=False) as control:
        yield Practices(backend.address, control)
    assert backend.alive(), backend.log_text()
    assert backend.log_text() == "", backend.log_text()[-5000:]


@pytest.fixture
def office(practices: Practices) -> Iterator[Office]:
    """A practice of its own."""
    made = practices.seed()
    yield made
    practices.order("DELETE", f"/practices/{made.made['id']}")
