"""One embedded practice API in its own process; each test gets two practices of its own, asked with plain httpx."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
import pytest

from support.processes.forkserver import ForkServer
from support.processes.launcher import Backend, Launcher, preload

SAID = [
    ("Dr. Lee", "How did you sleep?", 0),
    ("Sarah", "Badly, I was anxious about work. I will try a sleep diary.", 4.5),
    ("Dr. Lee", "Homework: sleep at ten.", 11),
]
SARAH: dict[str, Any] = {
    "name": "Sarah Johnson",
    "practitioner": "Dr. Lee",
    "email": "sarah@example.org",
    "phone": "+1 555 0100",
    "date_of_birth": "1990-04-12",
    "gender": "female",
    "pronouns": "she/her",
    "assignments": [
        {
            "title": "Breathing",
            "status": "completed",
            "assigned_at": "2026-01-01T08:00:00Z",
            "completed_at": "2026-01-02T08:00:00Z",
        },
        {"title": "Sleep diary", "assigned_at": "2026-01-05T08:00:00Z", "due_at": "2026-01-12T08:00:00Z"},
    ],
    "conversations": [
        {
            "title": "Sleep diary",
            "started_at": "2026-01-06T20:00:00Z",
            "messages": [
                {"role": "user", "content": "I slept badly and felt tired. I will write it down."},
                {"role": "assistant", "content": "What helped you rest?"},
                {"role": "user", "content": "A walk helped. Sleep came late."},
            ],
        },
        {"title": "Breathing", "started_at": "2026-01-01T20:00:00Z"},
    ],
    "sessions": [
        {"title": "Intake", "date": "2026-01-01T10:00:00Z", "notes": "first meeting"},
        {
            "title": "Sleep",
            "date": "2026-01-08T10:00:00Z",
            "duration_minutes": 45,
            "segments": [{"speaker": who, "text": text, "startTime": when} for who, text, when in SAID],
        },
    ],
    "moods": [
        {"mood": "tense", "scale": 3, "recorded_at": "2026-01-01T09:00:00Z"},
        {"mood": "calmer", "scale": 6, "note": "after a walk", "recorded_at": "2026-01-03T09:00:00Z"},
    ],
    "documents": [{"name": "Intake note", "content": "Sleeps badly — schläft schlecht 😴"}],
    "notes": [{"content": "prefers mornings"}],
    "appointments": [{"starts_at": "2031-01-06T10:00:00Z", "location": "Room 2"}],
    "invoices": [{"items": [{"description": "Session", "quantity": 2, "unit_cents": 12050}], "due_date": "2026-01-31"}],
    "reminders": [{"text": "Call the GP", "due_at": "2031-01-05T09:00:00Z"}],
}
TEMPLATES = [
    {
        "name": "SOAP",
        "type": "progress_note",
        "description": "Four parts",
        "content": "{{clientName}}: {{ date }} {{clientName}}",
    },
    {"name": "Letter", "type": "letter", "content": "Dear {{gp}}"},
]
HARBOUR: dict[str, Any] = {
    "name": "Harbour Practice",
    "timezone": "Europe/London",
    "phone": "+44 20 7946 0000",
    "services": ["CBT"],
    "practitioners": [
        {"name": "Dr. Lee", "email": "lee@example.org", "specialties": ["sleep"]},
        {"name": "Dr. Kim", "role": "psychologist"},
        {"name": "Dr. Old", "status": "inactive"},
    ],
    "clients": [SARAH, {"name": "Maya Cohen"}, {"name": "sam johns", "practitioner": "Dr. Kim", "status": "inactive"}],
    "templates": TEMPLATES,
}
NORTHSIDE: dict[str, Any] = {
    "name": "Northside",
    "practitioners": [{"name": "Dr. Patel"}],
    "clients": [{**SARAH, "practitioner": "Dr. Patel"}],
    "templates": TEMPLATES,
}


@dataclass
class Asking:
    """Somebody of a practice who asks the API."""

    backend: Backend
    id: str
    token: str

    @cached_property
    def http(self) -> httpx.Client:
        """Sends the headers of this person."""
        return asking(self.backend, self.id, self.token)

    def get(self, path: str, *, expect: int = 200, **query: Any) -> Any:
        """GET below /api/v1; insist on the status, answer the parsed body."""
        return self._read(self.http.get(path, params=query or None), expect)

    def send(
        self, method: str, path: str, body: Any = None, *, expect: int, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Send JSON below /api/v1; insist on the status, answer the parsed body."""
        given = {} if body is None else {"json": body}
        return self._read(self.http.request(method, path, headers=headers, **given), expect)

    def post(self, path: str, body: Any = None, *, expect: int = 201, headers: Mapping[str, str] | None = None) -> Any:
        return self.send("POST", path, body, expect=expect, headers=headers)

    def _read(self, answer: httpx.Response, expect: int) -> Any:
        told = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
        assert answer.status_code == expect, told
        assert answer.headers["content-type"] == "application/json"
        body = answer.json()
        if expect >= 400:
            assert set(body) == {"statusCode", "message", "error"}, told
            assert body["statusCode"] == expect
        return body


@dataclass
class House:
    """A practice: its people as they ask, and the ids of its things."""

    id: str
    told: dict[str, Any]
    people: dict[str, Asking]

    @property
    def lee(self) -> Asking:
        return self.people["Dr. Lee"]

    @property
    def administrator(self) -> Asking:
        return self.people["Practice administration"]

    @property
    def sarah(self) -> str:
        return str(self.client("Sarah Johnson")["id"])

    def client(self, name: str) -> dict[str, Any]:
        """What the control port told of a client."""
        found: dict[str, Any] = next(each for each in self.told["clients"] if each["name"] == name)
        return found

    def made(self, kind: str, index: int = 0) -> dict[str, Any]:
        """What the control port told of a thing of Sarah's."""
        found: dict[str, Any] = self.client("Sarah Johnson")[kind][index]
        return found


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    server = ForkServer(preload("practice"))
    server.start()
    launcher = Launcher(server, tmp_path_factory.mktemp("practice"))
    yield launcher
    launcher.close()
    server.close()


@pytest.fixture(scope="session")
def served(launcher: Launcher) -> Iterator[Backend]:
    """The API that most tests share; it must not have failed at anything."""
    backend = launcher.start("practice")
    yield backend
    assert backend.log_text() == "", backend.log_text()[-5000:]


@pytest.fixture(scope="session")
def admit() -> Iterator[Callable[..., House]]:
    """Seed a practice on a backend."""
    admitted: list[Asking] = []

    def make(backend: Backend, content: dict[str, Any]) -> House:
        told = steer(backend, "POST", "/practices", content)
        people = {}
        for each in [told["administrator"], *told["practitioners"], *told["clients"]]:
            people[each["name"]] = Asking(backend, each["id"], each["token"])
        admitted.extend(people.values())
        return House(told["id"], told, people)

    yield make
    for person in admitted:
        if "http" in vars(person):
            person.http.close()


@pytest.fixture
def harbour(served: Backend, admit: Callable[..., House]) -> House:
    """Dr. Lee's practice."""
    return admit(served, HARBOUR)


@pytest.fixture
def northside(served: Backend, admit: Callable[..., House]) -> House:
    """Dr. Patel's practice, with a client of the same name."""
    return admit(served, NORTHSIDE)


def asking(backend: Backend, profile: str, token: str) -> httpx.Client:
    """A client with the headers of its person."""
    headers = {"Authorization": f"Bearer {token}"}
    if not profile.startswith("client-"):
        headers["ProfileID"] = profile
    base = f"{backend.address}/api/v1"
    return httpx.Client(base_url=base, headers=headers, timeout=10, trust_env=False, verify=False)


def steer(backend: Backend, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
    """One call to the control port."""
    answer = httpx.request(method, f"{backend.control}{path}", json=body, timeout=10, trust_env=False, verify=False)
    assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json()
