"""What a practice can be seeded with, and putting it in. The shapes are those of the control port (control.py).

What is left out is filled in so that the order of a list is the order in time: of n sessions (or moods,
conversations) without dates the last was yesterday, the one before it the day before, and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import Field

from . import (
    accounts,
    appointments,
    conversations,
    documents,
    homework,
    invoices,
    moods,
    notes,
    people,
    reminders,
    sessions,
    storage,
    templates,
    times,
)
from .accounts import Kind
from .errors import invalid
from .fields import Activity, Body, Cents, Day, Email, Minutes, Moment, Name, Segment, Text, Timezone, Token
from .storage import Record


class SeededPerson(Body):
    """Somebody; without id and token they get fresh ones."""

    id: str | None = None
    token: Token | None = None

    def values(self, *without: str) -> dict[str, Any]:
        """What is stored of them."""
        kept = self.model_dump(exclude={"id", "token", *without})
        return kept if self.id is None else {"id": self.id, **kept}


class SeededPractitioner(SeededPerson):
    """A practitioner."""

    id: Annotated[str, Field(pattern=r"^practitioner-[a-z0-9-]{1,50}$")] | None = None
    name: Name
    email: Email | None = None
    role: Name = "therapist"
    status: Activity = "active"
    specialties: list[str] = Field(default_factory=list)


class SeededAssignment(Body):
    """An assignment; `assigned_at` default: now."""

    title: Name
    instructions: str | None = None
    status: Literal["assigned", "in_progress", "completed"] = "assigned"
    assigned_at: Moment | None = None
    due_at: Moment | None = None
    completed_at: Moment | None = None


class SeededMessage(Body):
    """A message; `created_at` default: a minute after the one before it."""

    role: Literal["user", "assistant"]
    content: str
    created_at: Moment | None = None


class SeededConversation(Body):
    """A conversation about the assignment of that title; an assignment that is not there yet is made."""

    title: Name
    assignment: Name | None = None
    status: Literal["active", "completed"] = "active"
    started_at: Moment | None = None
    messages: list[SeededMessage] = Field(default_factory=list)


class SeededSession(Body):
    """A session; `practitioner` by name or id, default the client's."""

    title: Name
    date: Moment | None = None
    duration_minutes: Minutes = 50
    practitioner: str | None = None
    notes: str | None = None
    segments: list[Segment] = Field(default_factory=list)


class SeededMood(Body):
    """A mood."""

    mood: Name
    scale: Annotated[int, Field(ge=1, le=10)]
    note: str | None = None
    recorded_at: Moment | None = None


class SeededDocument(Body):
    """A document."""

    name: Name
    content: Text


class SeededNote(Body):
    """A note."""

    content: Text
    pinned: bool = False


class SeededAppointment(Body):
    """An appointment."""

    starts_at: Moment
    duration_minutes: Minutes = 50
    type: Name = "session"
    location: str | None = None
    note: str | None = None
    status: Literal["scheduled", "completed", "cancelled", "no_show"] = "scheduled"


class SeededItem(Body):
    """A line of an invoice."""

    description: Name
    quantity: Annotated[int, Field(ge=1, le=1_000)] = 1
    unit_cents: Cents


class SeededInvoice(Body):
    """An invoice."""

    items: Annotated[list[SeededItem], Field(min_length=1)]
    due_date: Day | None = None
    status: Literal["open", "paid", "void"] = "open"


class SeededReminder(Body):
    """A reminder of the client's practitioner."""

    text: Text
    due_at: Moment


class ClientContent(Body):
    """What a client can be given."""

    assignments: list[SeededAssignment] = Field(default_factory=list)
    conversations: list[SeededConversation] = Field(default_factory=list)
    sessions: list[SeededSession] = Field(default_factory=list)
    moods: list[SeededMood] = Field(default_factory=list)
    documents: list[SeededDocument] = Field(default_factory=list)
    notes: list[SeededNote] = Field(default_factory=list)
    appointments: list[SeededAppointment] = Field(default_factory=list)
    invoices: list[SeededInvoice] = Field(default_factory=list)
    reminders: list[SeededReminder] = Field(default_factory=list)


class SeededClient(ClientContent, SeededPerson):
    """A client; `practitioner` by name or id, default the practice's first."""

    id: Annotated[str, Field(pattern=r"^client-[a-z0-9-]{1,50}$")] | None = None
    name: Name
    practitioner: str | None = None
    email: Email | None = None
    phone: str | None = None
    date_of_birth: Day | None = None
    gender: str | None = None
    pronouns: str | None = None
    status: Activity = "active"


class SeededTemplate(Body):
    """A template."""

    name: Name
    type: Name = "progress_note"
    description: str | None = None
    content: str


class PracticeContent(Body):
    """What a practice can be given."""

    practitioners: list[SeededPractitioner] = Field(default_factory=list)
    clients: list[SeededClient] = Field(default_factory=list)
    templates: list[SeededTemplate] = Field(default_factory=list)


class OpeningHours(Body):
    """From when to when, as HH:MM, in the practice's timezone."""

    from_: Annotated[str, Field(alias="from", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "09:00"
    to: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "17:00"


class SeededPractice(PracticeContent):
    """A practice. It always has an administrator, who treats nobody."""

    name: Name
    timezone: Timezone = "UTC"
    address: str | None = None
    phone: str | None = None
    email: Email | None = None
    website: str | None = None
    services: list[str] = Field(default_factory=list)
    opening_hours: OpeningHours = Field(default_factory=OpeningHours)


_OWN = frozenset(PracticeContent.model_fields)


def create(db: sa.Connection, wanted: SeededPractice) -> Record:
    """Make a practice with everything in it; answers ids and tokens."""
    practice = storage.new_id("practice")
    content = wanted.model_dump(exclude=set(_OWN), by_alias=True)
    db.execute(sa.insert(storage.PRACTICES), {"id": practice, "content": content})
    administrator = people.add_administrator(db, practice, "Practice administration")
    return {
        "id": practice,
        "name": wanted.name,
        "administrator": _person(db, practice, administrator, Kind.ADMINISTRATOR),
        **add(db, practice, wanted),
    }


def add(db: sa.Connection, practice: str, wanted: PracticeContent) -> Record:
    """Put more into a practice; answers ids and tokens of what is new. Raises Problem 404, 400."""
    people.practice(db, practice)
    return {
        "practitioners": [_add_practitioner(db, practice, each) for each in wanted.practitioners],
        "clients": [_add_client(db, practice, each) for each in wanted.clients],
        "templates": [
            _brief(templates.add(db, practice, each.model_dump()), "name", "type") for each in wanted.templates
        ],
    }


def add_to_client(db: sa.Connection, practice: str, client_id: str, wanted: ClientContent) -> Record:
    """Give a client more; answers the ids of what is new. Raises Problem 404."""
    client = people.client(db, practice, client_id)
    return {
        "assignments": [
            _brief(homework.add(db, practice, client_id, _given(each)), "title") for each in wanted.assignments
        ],
        "conversations": _add_conversations(db, practice, client_id, wanted.conversations),
        "sessions": _add_sessions(db, practice, client, wanted.sessions),
        "moods": _add_moods(db, practice, client_id, wanted.moods),
        **_add_papers(db, practice, client, wanted),
    }


def _add_practitioner(db: sa.Connection, practice: str, wanted: SeededPractitioner) -> Record:
    stored = people.add_practitioner(db, practice, wanted.values())
    return _person(db, practice, stored, Kind.PRACTITIONER, wanted.token)


def _add_client(db: sa.Connection, practice: str, wanted: SeededClient) -> Record:
    values = wanted.values("practitioner", *ClientContent.model_fields)
    treating = _practitioner(db, practice, wanted.practitioner)
    client = people.add_client(db, practice, {**values, "practitioner_id": treating})
    return {
        **_person(db, practice, client, Kind.CLIENT, wanted.token),
        "practitioner_id": treating,
        **add_to_client(db, practice, client["id"], wanted),
    }


def _add_conversations(
    db: sa.Connection, practice: str, client: str, wanted: Sequence[SeededConversation]
) -> list[Record]:
    made = []
    for index, each in enumerate(wanted):
        started = each.started_at or _past(index, len(wanted))
        moment, messages = started, []
        for message in each.messages:
            moment = message.created_at or _next(moment)
            messages.append({"role": message.role, "content": message.content, "created_at": moment})
        values = {
            "title": each.title,
            "assignment_id": _assignment(db, practice, client, each.assignment or each.title),
            "status": each.status,
            "started_at": started,
            "messages": messages,
        }
        made.append(_brief(conversations.add(db, practice, client, values), "title", "assignment_id"))
    return made


def _next(moment: str) -> str:
    try:
        return times.later(moment, 1)
    except ValueError as fault:
        raise invalid("started_at", str(fault)) from None


def _assignment(db: sa.Connection, practice: str, client: str, title: str) -> str:
    for each in homework.of_client(db, practice, client):
        if each["title"] == title:
            return str(each["id"])
    return str(homework.add(db, practice, client, {"title": title})["id"])


def _add_sessions(db: sa.Connection, practice: str, client: Record, wanted: Sequence[SeededSession]) -> list[Record]:
    made = []
    for index, each in enumerate(wanted):
        values = {
            **each.model_dump(exclude={"practitioner"}),
            "date": each.date or _past(index, len(wanted)),
            "practitioner_id": _practitioner(db, practice, each.practitioner or client["practitioner_id"]),
        }
        stored = sessions.add(db, practice, client["id"], values)
        made.append(_brief(stored, "title", "transcription_id", "date"))
    return made


def _add_moods(db: sa.Connection, practice: str, client: str, wanted: Sequence[SeededMood]) -> list[Record]:
    made = []
    for index, each in enumerate(wanted):
        values = {**each.model_dump(), "recorded_at": each.recorded_at or _past(index, len(wanted))}
        made.append(_brief(moods.add(db, practice, client, values), "mood"))
    return made


def _add_papers(db: sa.Connection, practice: str, client: Record, wanted: ClientContent) -> Record:
    owner, whose = client["practitioner_id"], {"client_id": client["id"]}
    booked = [
        appointments.add(db, practice, {**_given(each), **whose, "practitioner_id": owner})
        for each in wanted.appointments
    ]
    written = [documents.add(db, practice, owner, {**_given(each), **whose}) for each in wanted.documents]
    noted = [notes.add(db, practice, client["id"], owner, _given(each)) for each in wanted.notes]
    issued = [invoices.add(db, practice, {**_given(each), **whose}) for each in wanted.invoices]
    reminded = [reminders.add(db, practice, owner, {**_given(each), **whose}) for each in wanted.reminders]
    return {
        "documents": [_brief(each, "name") for each in written],
        "notes": [_brief(each) for each in noted],
        "appointments": [_brief(each, "starts_at") for each in booked],
        "invoices": [_brief(each, "number") for each in issued],
        "reminders": [_brief(each, "text") for each in reminded],
    }


def _practitioner(db: sa.Connection, practice: str, wanted: str | None) -> str:
    every = storage.every(db, practice, people.PRACTITIONERS)
    for each in every:
        if wanted in (None, each["id"], each["name"]):
            return str(each["id"])
    raise invalid("practitioner", f"there is no practitioner {wanted!r}" if wanted else "the practice has none")


def _person(db: sa.Connection, practice: str, person: Record, kind: Kind, given: str | None = None) -> Record:
    token = accounts.open_account(db, practice, person["id"], kind, given)
    return {"id": person["id"], "name": person["name"], "token": token}


def _given(wanted: Body) -> dict[str, Any]:
    return wanted.model_dump(exclude_none=True)


def _brief(record: Record, *names: str) -> Record:
    return {"id": record["id"], **{name: record[name] for name in names}}


def _past(index: int, count: int) -> str:
    return times.days_ago(count - index)
