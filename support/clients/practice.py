"""The practice API as the suite speaks to it: its control address, and the reading of end states.

    control = PracticeControl("http://127.0.0.1:40001")
    harbour = control.seed(
        NewPractice(
            name="Harbour",
            practitioners=[NewPractitioner(name="Dr. Lee")],
            clients=[NewClient(name="Sarah Johnson", sessions=[NewSession(title="Intake")])],
        )
    )
    lee, sarah = harbour.practitioner("Dr. Lee"), harbour.client("Sarah Johnson")
    control.fail(practice=harbour.id, path="/documents", status=500, times=2)
    ...                                                                     # somebody asks as Dr. Lee: lee.headers
    asked = [(each.method, each.route) for each in control.requests(person=lee.id)]
    kept = PracticeReader(address, harbour.administrator).documents(client_id=sarah.id)
    control.delete(harbour.id)

Its users speak plain HTTP; what can be seeded, ordered and read stands in the documentation of the control address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Annotated, Any, Literal, Self, TypeVar

import httpx
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

BASE = "/api/v1"
TIMEOUT = httpx.Timeout(connect=5.0, read=10.0, write=10.0, pool=5.0)
"""Seconds. Both addresses answer at once, unless they were ordered not to."""
_PAGE = 200


class UnreachableError(ConnectionError):
    """The practice API gave no answer; the message names the address."""


class RefusedError(ValueError):
    """The practice API refused; the message is its own."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class _New(BaseModel):
    """What is left out is filled in by the practice API. Moments without an offset are UTC."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def order(self) -> dict[str, Any]:
        """As the control address takes it."""
        return self.model_dump(mode="json", exclude_unset=True, by_alias=True)


class NewPractitioner(_New):
    """A practitioner."""

    name: str
    email: str | None = None
    role: str = "therapist"
    status: Literal["active", "inactive"] = "active"
    specialties: Sequence[str] = ()


class NewAssignment(_New):
    """Homework of a client."""

    title: str
    instructions: str | None = None
    status: Literal["assigned", "in_progress", "completed"] = "assigned"
    assigned_at: datetime | None = None
    due_at: datetime | None = None
    completed_at: datetime | None = None


class NewMessage(_New):
    """A message of a conversation: `user` is the client, `assistant` the practice's AI."""

    role: Literal["user", "assistant"]
    content: str
    created_at: datetime | None = None


class NewConversation(_New):
    """A conversation about the assignment of that title (default: its own), which is made where there is none."""

    title: str
    assignment: str | None = None
    status: Literal["active", "completed"] = "active"
    started_at: datetime | None = None
    messages: Sequence[NewMessage] = ()


class NewSegment(_New):
    """A piece of what was said; `start_time` in seconds."""

    speaker: str
    text: str
    start_time: Annotated[float, Field(alias="startTime")] = 0.0


class NewSession(_New):
    """A session; without dates, the last one of a list was yesterday, the one before it the day before, and so on."""

    title: str
    date: datetime | None = None
    duration_minutes: int = 50
    practitioner: str | None = None
    notes: str | None = None
    segments: Sequence[NewSegment] = ()


class NewMood(_New):
    """A mood, 1..10; the last one of a list was yesterday."""

    mood: str
    scale: int
    note: str | None = None
    recorded_at: datetime | None = None


class NewDocument(_New):
    """A document."""

    name: str
    content: str


class NewNote(_New):
    """A practitioner's note."""

    content: str
    pinned: bool = False


class NewAppointment(_New):
    """An appointment with the client's practitioner."""

    starts_at: datetime
    duration_minutes: int = 50
    type: str = "session"
    location: str | None = None
    note: str | None = None
    status: Literal["scheduled", "completed", "cancelled", "no_show"] = "scheduled"


class NewItem(_New):
    """A line of an invoice, in cents."""

    description: str
    unit_cents: int
    quantity: int = 1


class NewInvoice(_New):
    """An invoice."""

    items: Sequence[NewItem]
    due_date: date | None = None
    status: Literal["open", "paid", "void"] = "open"


class NewReminder(_New):
    """A reminder of the client's practitioner."""

    text: str
    due_at: datetime


class ClientContent(_New):
    """What a client can be given, also later."""

    assignments: Sequence[NewAssignment] = ()
    conversations: Sequence[NewConversation] = ()
    sessions: Sequence[NewSession] = ()
    moods: Sequence[NewMood] = ()
    documents: Sequence[NewDocument] = ()
    notes: Sequence[NewNote] = ()
    appointments: Sequence[NewAppointment] = ()
    invoices: Sequence[NewInvoice] = ()
    reminders: Sequence[NewReminder] = ()


class NewClient(ClientContent):
    """A client; `practitioner` by name or id, default the practice's first."""

    name: str
    practitioner: str | None = None
    email: str | None = None
    phone: str | None = None
    date_of_birth: date | None = None
    gender: str | None = None
    pronouns: str | None = None
    status: Literal["active", "inactive"] = "active"


class NewTemplate(_New):
    """A template; its variables stand in double braces."""

    name: str
    content: str
    type: str = "progress_note"
    description: str | None = None


class PracticeContent(_New):
    """What a practice can be given, also later."""

    practitioners: Sequence[NewPractitioner] = ()
    clients: Sequence[NewClient] = ()
    templates: Sequence[NewTemplate] = ()


class OpeningHours(_New):
    """HH:MM, in the practice's timezone."""

    from_: Annotated[str, Field(alias="from")] = "09:00"
    to: str = "17:00"


class NewPractice(PracticeContent):
    """A practice. It always has an administrator."""

    name: str
    timezone: str = "UTC"
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    services: Sequence[str] = ()
    opening_hours: OpeningHours | None = None


class Thing(BaseModel):
    """Something that was made; `name` is what names things of its kind (title, number, …), if anything does."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str = Field("", validation_alias=AliasChoices("name", "title", "mood", "number", "text", "starts_at"))


class SessionThing(Thing):
    """A session that was made."""

    transcription_id: str
    date: datetime


class ConversationThing(Thing):
    """A conversation that was made."""

    assignment_id: str


class ClientThings(BaseModel):
    """What was made for a client, in the order of the orders."""

    model_config = ConfigDict(frozen=True)

    assignments: list[Thing] = []
    conversations: list[ConversationThing] = []
    sessions: list[SessionThing] = []
    moods: list[Thing] = []
    documents: list[Thing] = []
    notes: list[Thing] = []
    appointments: list[Thing] = []
    invoices: list[Thing] = []
    reminders: list[Thing] = []


class Person(BaseModel):
    """Somebody with a token, which the practice API tells this once."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    token: str = Field(repr=False)

    @property
    def profile(self) -> str:
        """The profile, which is the id; a client's begins with `client-`."""
        return self.id

    @property
    def headers(self) -> dict[str, str]:
        """With which the practice API is asked as this person."""
        said = {"Authorization": f"Bearer {self.token}"}
        return said if self.id.startswith("client-") else {**said, "ProfileID": self.profile}


class Client(ClientThings, Person):
    """A client with what was made for them."""

    practitioner_id: str


class Practice(BaseModel):
    """A practice that was made, or what was added to one."""

    model_config = ConfigDict(frozen=True)

    practitioners: list[Person] = []
    clients: list[Client] = []
    templates: list[Thing] = []

    def practitioner(self, name: str) -> Person:
        """By name. Raises LookupError, which names those that there are."""
        return _named(self.practitioners, name)

    def client(self, name: str) -> Client:
        """By name. Raises LookupError, which names those that there are."""
        return _named(self.clients, name)

    def people(self) -> list[Person]:
        """Everybody with a token."""
        return [*self.practitioners, *self.clients]


class SeededPractice(Practice):
    """A practice that was made."""

    id: str
    name: str
    administrator: Person
    received: int | None = None
    """The number of the last request before it was made; None where that is not told."""

    def people(self) -> list[Person]:
        """Everybody with a token."""
        return [self.administrator, *super().people()]


class Request(BaseModel):
    """A request that the practice API received. Times are unix seconds of one clock that never goes back."""

    model_config = ConfigDict(frozen=True)

    number: int
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    token_digest: str | None
    """SHA-256 of the bearer token, in hex."""
    profile: str | None
    """The header ProfileID."""
    practice: str | None
    person: str | None
    """Whose token it was; None for an unknown one."""
    body: JsonValue
    started: float
    ended: float | None
    status: int | None
    """None while it is answered, and for one that got no answer."""
    fault: str | None
    """The fault that it was answered with."""
    hung_up: bool

    @property
    def route(self) -> str:
        """The path below /api/v1."""
        return self.path.removeprefix(BASE)

    def bears(self, token: str) -> bool:
        """Whether it was made with this token."""
        return self.token_digest == digest(token)


class Fault(BaseModel):
    """A fault in force, and how often it was met; `remaining` is None when it lasts until it is cleared."""

    model_config = ConfigDict(frozen=True)

    id: str
    method: str
    path: str
    status: int | None
    malformed: bool | str
    reset: bool
    delay_s: float
    hits: int
    remaining: int | None


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Document(_Read):
    """A document as it is stored."""

    id: str
    client_id: str
    client_name: str
    practitioner_id: str
    name: str
    content: str
    template_id: str | None
    session_ids: list[str]
    version: int
    created_at: datetime
    updated_at: datetime


class Violation(_Read):
    """A policy violation as it is stored; `fields` is all of it under the names on the wire."""

    id: str
    profile_id: str
    template_id: str
    template_name: str
    violation_type: str
    template_content: str
    reason: str
    confidence: float
    client_id: str | None
    metadata: dict[str, JsonValue] | None
    ip_address: str | None
    user_agent: str | None
    reported_by: str
    created_at: datetime


class PracticeControl:
    """The control address of one practice API; `on_secret` is told every token that is made. Close it."""

    def __init__(
        self, control: str, *, on_secret: Callable[[str], None] | None = None, timeout: httpx.Timeout = TIMEOUT
    ) -> None:
        self.control = control.rstrip("/")
        self._tell = on_secret or (lambda _token: None)
        self._issued: dict[str, str] = {}
        """Of which practice a token was, by its digest: it is told of no more when the token is made unknown."""
        self._client = httpx.Client(base_url=self.control, timeout=timeout, trust_env=False, verify=False)  # noqa: S501

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def seed(self, wanted: NewPractice) -> SeededPractice:
        """Make a practice with all its content; its undo is `delete`. Raises RefusedError, UnreachableError."""
        made = SeededPractice.model_validate(self._call("POST", "/practices", wanted.order()))
        return self._registered(made, made.id)

    def add(self, practice: str, wanted: PracticeContent) -> Practice:
        """Put more into a practice; answers what is new."""
        added = Practice.model_validate(self._call("POST", f"/practices/{practice}/add", wanted.order()))
        return self._registered(added, practice)

    def add_to_client(self, practice: str, client: str, wanted: ClientContent) -> ClientThings:
        """Give a client more; answers what is new."""
        answer = self._call("POST", f"/practices/{practice}/clients/{client}/add", wanted.order())
        return ClientThings.model_validate(answer)

    def new_token(self, practice: str, person: str) -> str:
        """Another token of somebody; those that there are stay good."""
        token = str(self._call("POST", f"/practices/{practice}/people/{person}/tokens")["token"])
        self._tell(token)
        self._issued[digest(token)] = practice
        return token

    def revoke(self, practice: str, person: str) -> int:
        """Make every token of somebody unknown; answers how many there were."""
        return int(self._call("DELETE", f"/practices/{practice}/people/{person}/tokens")["revoked"])

    def practices(self) -> dict[str, str]:
        """Names of all practices by id."""
        return {each["id"]: each["name"] for each in self._call("GET", "/practices")["practices"]}

    def delete(self, practice: str) -> None:
        """Delete a practice with everything in it, and the requests and faults of it."""
        self._call("DELETE", f"/practices/{practice}")

    def counts(self) -> dict[str, dict[str, int]]:
        """How many things there are, by practice (its id) and kind; kinds without any are left out."""
        counted: dict[str, dict[str, int]] = self._call("GET", "/counts")["practices"]
        return counted

    def requests(
        self,
        *,
        practice: str | None = None,
        person: str | None = None,
        token: str | None = None,
        method: str | None = None,
        path: str | None = None,
        since: int = 0,
    ) -> list[Request]:
        """What was received after the request numbered `since`, oldest first; all that is given must hold.

        `path` is a glob of what stands below /api/v1. What a `PracticeReader` reads is in it, as of its person.
        """
        wanted = {
            "practice": practice,
            "person": person,
            "token_digest": None if token is None else digest(token),
            "method": method,
            "path": None if path is None else f"{BASE}{path}",
            "since": since,
        }
        query = {name: value for name, value in wanted.items() if value is not None}
        found = self._call("GET", "/requests", query=query)["requests"]
        return [Request.model_validate(each) for each in found]

    def meant_for(self, practice: SeededPractice) -> list[Request]:
        """What was asked of a practice since it was made, oldest first; also with a token that is known no more.

        What was asked with no token that anybody was given may have been meant for any practice, and is in it, too.
        """
        if practice.received is None:
            return self.requests(practice=practice.id)
        found = self.requests(since=practice.received)
        return [each for each in found if self._practice_of(each) in (practice.id, None)]

    def _practice_of(self, request: Request) -> str | None:
        return request.practice or self._issued.get(request.token_digest or "")

    def forget(self, practice: str | None = None) -> None:
        """Forget the requests of a practice, or all."""
        self._call("DELETE", "/requests", query={"practice": practice} if practice else None)

    def fail(
        self,
        *,
        practice: str | None = None,
        person: str | None = None,
        method: str = "*",
        path: str = "*",
        times: int | None = None,
        delay_s: float = 0.0,
        processed: bool = False,
        **how: Any,
    ) -> str:
        """Have matching requests answered wrongly, the next `times` or until cleared; answers the fault's id.

        `path` is a glob of what stands below /api/v1. `how` is at most one of `status` (with `body` and `headers`, or
        the contract's own error), `malformed` (True, or the text of a 200) and `reset` (True); `delay_s` comes first.
        With `processed` the work is done before that, and only the answer is spoilt. The oldest fault wins.
        """
        asked = {
            "practice": practice,
            "person": person,
            "method": method,
            "path": f"{BASE}{path}" if path.startswith("/") else path,
            "times": times,
            "delay_s": delay_s,
            "processed": processed,
            **how,
        }
        return str(self._call("POST", "/faults", asked)["id"])

    def faults(self) -> list[Fault]:
        """The faults in force, and used up ones, oldest first."""
        return [Fault.model_validate(each) for each in self._call("GET", "/faults")["faults"]]

    def clear_faults(self, practice: str | None = None) -> None:
        """End every fault, or those ordered for a practice."""
        self._call("DELETE", "/faults", query={"practice": practice} if practice else None)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _registered(self, made: _Made, practice: str) -> _Made:
        for person in made.people():
            self._tell(person.token)
            self._issued[digest(person.token)] = practice
        return made

    def _call(self, method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        return _call(self._client, method, path, body=body, query=query)


class PracticeReader:
    """What is stored, read through the public API as one person of the practice. Close it.

    An administrator reads everything but reminders, which are their owner's.
    """

    def __init__(self, address: str, person: Person, *, timeout: httpx.Timeout = TIMEOUT) -> None:
        base = f"{address.rstrip('/').removesuffix(BASE)}{BASE}"
        self._client = httpx.Client(
            base_url=base,
            headers=person.headers,
            timeout=timeout,
            trust_env=False,
            verify=False,  # noqa: S501 - there is no TLS on loopback, and making its context costs more than the call
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def documents(self, *, client_id: str | None = None) -> list[Document]:
        """Every document, or every one about a client, newest first."""
        query = {"clientId": client_id} if client_id else {}
        return [Document.model_validate(each) for each in self._pages("/documents", "documents", query)]

    def violations(self, *, profile_id: str | None = None) -> list[Violation]:
        """Every policy violation, or every one of a profile, newest first. Administrators only."""
        query = {"profileId": profile_id} if profile_id else {}
        return [Violation.model_validate(each) for each in self._pages("/admin/policy-violations", "violations", query)]

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of any path below /api/v1. Raises RefusedError, which knows the status."""
        return _call(self._client, "GET", path, query=query)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _pages(self, path: str, name: str, query: Mapping[str, str]) -> Iterator[Any]:
        offset = 0
        while True:
            page = self.get(path, **query, limit=_PAGE, offset=offset)
            yield from page[name]
            offset += _PAGE
            if offset >= page["total"]:
                return


_Made = TypeVar("_Made", bound=Practice)
_Named = TypeVar("_Named", bound=Person)


def digest(token: str) -> str:
    """By which the request log tells tokens apart."""
    return hashlib.sha256(token.encode()).hexdigest()


def _named(people: Sequence[_Named], name: str) -> _Named:
    for person in people:
        if person.name == name:
            return person
    message = f"there is no {name!r} in it, only {', '.join(person.name for person in people) or 'nobody'}"
    raise LookupError(message)


def _call(
    client: httpx.Client, method: str, path: str, *, body: Any = None, query: Mapping[str, Any] | None = None
) -> Any:
    try:
        answer = client.request(method, path, json=body, params=query)
    except httpx.TransportError as silence:
        raise UnreachableError(f"the practice API is silent at {client.base_url}: {silence}") from None
    if answer.is_error:
        raise RefusedError(f"{method} {path} was refused ({answer.status_code}): {_said(answer)}", answer.status_code)
    return answer.json()


def _said(answer: httpx.Response) -> str:
    try:
        message = answer.json()["message"]
    except (ValueError, LookupError, TypeError):
        return answer.text
    return message if isinstance(message, str) else "; ".join(message)
