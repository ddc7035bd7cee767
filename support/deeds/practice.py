"""The practices of a scenario: who works there, who is treated there, and what is kept of them.

Each scenario has practices of its own, made when somebody of them first appears and deleted at its end. People are
added when they are first spoken of, so that lists hold nobody whom the scenario does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from support.checks.tables import LEFT_OUT, NUMBER, OfLength, path, put, value
from support.clients.assistant import Identity
from support.clients.assistant.tools import find
from support.clients.practice import (
    ClientContent,
    NewClient,
    NewPractice,
    NewPractitioner,
    PracticeContent,
    PracticeControl,
    PracticeReader,
    SeededPractice,
)
from support.clients.practice import Person as Registered
from support.world import World

Pairs = Sequence[tuple[str, str]]

HERE, THERE = "the practice", "the other practice"
PRACTICES: Mapping[str, str] = {HERE: "Harbour Clinic", THERE: "Northwind Clinic"}
"""Practices, by what the sentences call them, and their names."""


@dataclass(frozen=True)
class Colleague:
    """Somebody who talks to the assistant: of which practice, as what. Without a practice: nobody's."""

    name: str
    practice: str | None = HERE
    role: str = "practitioner"
    token: str | None = None
    """What somebody of no practice shows as a token."""


COLLEAGUES: Mapping[str, Colleague] = {
    colleague.name: colleague
    for colleague in (
        Colleague("Dr. Lee"),
        Colleague("Dr. Kim"),
        Colleague("Dr. Patel", THERE),
        Colleague("Maya", role="client"),
        Colleague("Omar", role="client"),
        Colleague("a stranger with a made-up token", None, token="made-up-token-of-nobody"),  # noqa: S106
        Colleague("a stranger", None),
    )
}
"""Dr. Lee and Dr. Kim work at the practice, Dr. Patel at the other one; Maya and Omar are clients of the practice."""
LEE = COLLEAGUES["Dr. Lee"]
AT_A_REMOTE_ONE: Mapping[str, str] = {"Dr. Lee": "practitioner", "Maya": "client", "Dr. Patel": "foreigner"}
"""Whom the settings name for a remote assistant, by role."""


@dataclass
class Practice:
    """One practice of a scenario: what was made in it, and what ids mean."""

    seeded: SeededPractice
    control: PracticeControl
    people: dict[str, Registered] = field(default_factory=dict)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    """Ids by kind and name."""
    labels: dict[str, str] = field(default_factory=dict)
    """What the prose calls the thing of an id."""
    owners: dict[str, str] = field(default_factory=dict)
    """Whose a thing is: its id, and the client's."""

    def know(self, kind: str, name: str, thing_id: str, owner: str | None = None) -> None:
        """Remember what was made."""
        if owner is not None:
            self.owners[thing_id] = owner
        self.ids[kind, name] = thing_id
        self.labels[thing_id] = name


def practice(world: World, called: str = HERE) -> Practice:
    """A practice of this scenario; made at the first need."""
    known: Mapping[str, Practice] = world.named("practice")
    if called in known:
        return known[called]
    control: PracticeControl = world.worker.practice.orders
    name = PRACTICES[called]
    seeded = control.seed(NewPractice(name=name))
    world.undo(f"delete {called} with all that is kept there", lambda: control.delete(seeded.id))
    made = Practice(seeded, control)
    world.remember("practice", called, made)
    return made


def registered(world: World, who: Colleague) -> Registered:
    """Somebody's entry in their practice, with their token."""
    assert who.practice is not None, f"{who.name} belongs to no practice"
    there = practice(world, who.practice)
    if who.name not in there.people:
        added = there.control.add(there.seeded.id, _entry(world, there, who))
        found: Registered = added.people()[0]
        there.people[who.name] = found
        there.know(who.role, who.name, found.id)
    return there.people[who.name]


def _entry(world: World, there: Practice, who: Colleague) -> PracticeContent:
    if who.role == "practitioner":
        return PracticeContent(practitioners=[NewPractitioner(name=who.name)])
    _staff(world, there)
    return PracticeContent(clients=[NewClient(name=who.name)])


def _staff(world: World, there: Practice) -> None:
    """Clients need somebody who treats them."""
    if not any(
        isinstance(person, Registered) and not person.id.startswith("client-") for person in there.people.values()
    ):
        first = next(each for each in COLLEAGUES.values() if each.practice and practice(world, each.practice) is there)
        registered(world, first)


def identity(world: World, who: Colleague) -> Identity:
    """What somebody shows to the assistant. At a remote one: whom the settings name for such a role."""
    if who.practice is None:
        return Identity(token=who.token)
    known: Mapping[str, Identity] = world.worker.assistant.known
    if known or world.worker.assistant.backend is None:
        role = AT_A_REMOTE_ONE.get(who.name, "")
        if role not in known:
            raise LookupError(
                f"no setting tells who {who.name} is at the remote assistant; see ASSISTANT_… in .env.example"
            )
        return known[role]
    person = registered(world, who)
    return Identity(token=person.token, profile=person.profile)


def renew(world: World, who: Colleague) -> str:
    """Give somebody a new token, beside the one that they have; answers it."""
    assert who.practice is not None
    there = practice(world, who.practice)
    token = there.control.new_token(there.seeded.id, registered(world, who).id)
    world.remember("new token", who.name, token)
    return token


def replace_token(world: World, who: Colleague) -> None:
    """Make somebody's tokens unknown to the practice, and give them a new one, which is theirs from now on."""
    revoke(world, who)
    there = practice(world, who.practice or HERE)
    there.people[who.name] = registered(world, who).model_copy(update={"token": renew(world, who)})


def revoke(world: World, who: Colleague) -> None:
    """Make somebody's tokens unknown to the practice."""
    assert who.practice is not None
    there = practice(world, who.practice)
    there.control.revoke(there.seeded.id, registered(world, who).id)


def reader(world: World, called: str = HERE) -> PracticeReader:
    """Reads what a practice keeps, as its administrator and past the proxy."""
    there = practice(world, called)
    made: PracticeReader = world.worker.practice.reader(there.seeded)
    world.undo("close the practice's reader", made.close)
    return made


# Things


@dataclass(frozen=True)
class Kind:
    """A kind of thing that a practice keeps."""

    key: str
    plural: str
    named_by: str
    of_client: bool = True
    smallest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> str:
        """The list that it stands in, where it is seeded."""
        return {"homework": "assignments", "mood": "moods"}.get(self.key, f"{self.key}s")


TOMORROW = datetime(2030, 1, 7, 10, 0, tzinfo=UTC)
KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("client", "clients", "name", of_client=False),
        Kind("practitioner", "practitioners", "name", of_client=False),
        Kind("template", "templates", "name", of_client=False, smallest={"content": "Note for {{clientName}}"}),
        Kind("session", "sessions", "title"),
        Kind("conversation", "conversations", "title"),
        Kind("homework", "homework", "title"),
        Kind("document", "documents", "name", smallest={"content": "What was agreed."}),
        Kind("note", "notes", "content"),
        Kind("mood", "moods", "mood", smallest={"scale": 5}),
        Kind("appointment", "appointments", "note", smallest={"starts_at": TOMORROW}),
        Kind("invoice", "invoices", "items", smallest={}),
        Kind("reminder", "reminders", "text", smallest={"due_at": TOMORROW}),
    )
}
PLURALS: Mapping[str, Kind] = {kind.plural: kind for kind in KINDS.values()}


def have(world: World, called: str, kind: Kind, name: str, pairs: Pairs = ()) -> str:
    """See to it that a practice keeps a thing; answers its id."""
    there, owner = practice(world, called), None
    fields = description(kind, name, pairs)
    if kind.of_client:
        owner = client_id(world, called, str(fields.pop("client", None) or _only_client(there)))
        content = ClientContent.model_validate({kind.order: [fields]})
        made = getattr(there.control.add_to_client(there.seeded.id, owner, content), kind.order)[0]
    else:
        if kind.key == "client":
            _staff(world, there)
        added = there.control.add(there.seeded.id, PracticeContent.model_validate({kind.plural: [fields]}))
        made = getattr(added, kind.plural)[0]
        if isinstance(made, Registered):
            there.people[name] = made
    _know(there, kind.key, name, made, owner)
    return str(made.id)


def _know(there: Practice, kind: str, name: str, made: Any, owner: str | None = None) -> None:
    """Remember a thing that was made, and what else has an id with it."""
    there.know(kind, name, made.id, owner)
    if hasattr(made, "assignment_id"):
        there.know("assignment", name, made.assignment_id)
    if hasattr(made, "transcription_id"):
        there.labels[made.transcription_id] = name


def have_one_of_everything(world: World, called: str = HERE) -> None:
    """See to it that a practice keeps one thing of every kind, and two clients: all of it with one order."""
    there = practice(world, called)
    registered(world, LEE)
    order: dict[str, list[dict[str, Any]]] = {"clients": [], "templates": []}
    for kind, name, pairs in EVERYTHING:
        fields = description(KINDS[kind], name, pairs)
        if KINDS[kind].of_client:
            order["clients"][0].setdefault(KINDS[kind].order, []).append(fields)
        else:
            order[KINDS[kind].plural].append(fields)
    added = there.control.add(there.seeded.id, PracticeContent.model_validate(order))
    sarah = added.clients[0]
    for client in added.clients:
        there.people[client.name] = client
    for kind, name, _ in EVERYTHING:
        if KINDS[kind].of_client:
            _know(there, kind, name, getattr(sarah, KINDS[kind].order)[0], sarah.id)
        else:
            _know(there, kind, name, next(each for each in getattr(added, KINDS[kind].plural) if each.name == name))


EVERYTHING: Sequence[tuple[str, str, Pairs]] = (
    ("client", "Sarah Johnson", [("date of birth", "1990-04-02"), ("pronouns", "she/her")]),
    ("client", "Tom Becker", [("status", "inactive")]),
    ("template", "Progress note", [("content", "Progress of {{clientName}}:")]),
    (
        "session",
        "Intake",
        [
            ("segments: Therapist", "How was your sleep?"),
            ("segments: Client", "I was worried at night. I will keep a diary."),
        ],
    ),
    (
        "conversation",
        "Evening thoughts",
        [
            ("messages: client", "The garden helped, I am hopeful."),
            ("messages: assistant", "What will you plant?"),
        ],
    ),
    ("homework", "Sleep diary", [("instructions", "Every morning.")]),
    ("document", "First letter", [("content", "Dear colleague, we have met.")]),
    ("note", "Prefers mornings.", []),
    ("mood", "hopeful", [("scale", "7")]),
    ("appointment", "Bring the diary", [("starts at", "2030-01-07 10:00")]),
    ("invoice", "Session", []),
    ("reminder", "Call the general practitioner", [("due at", "2030-01-05 09:00")]),
)
"""One of everything: kind, name and properties; what is a client's is the first one's."""


def have_all(world: World, called: str, kind: Kind, rows: Iterable[Pairs]) -> None:
    """See to it that a practice keeps these, in that order; the first column names the thing."""
    for (_, name), *rest in rows:
        have(world, called, kind, name, [(words, cell) for words, cell in rest if cell])


def _only_client(there: Practice) -> str:
    clients = [name for kind, name in there.ids if kind == "client"]
    if len(clients) != 1:
        raise ValueError(f"say whose it is: | client | … |; clients there: {', '.join(clients) or 'none'}")
    return clients[0]


def client_id(world: World, called: str, name: str) -> str:
    """The id of a client by name; a client who is a person of the scenario is entered when first spoken of."""
    if name in COLLEAGUES and COLLEAGUES[name].role == "client":
        return registered(world, COLLEAGUES[name]).id
    return id_of(world, called, "client", name)


def id_of(world: World, called: str, kind: str, name: str) -> str:
    """The id of a thing by kind and name; a clear error when the practice does not keep it."""
    there = practice(world, called)
    if (kind, name) not in there.ids:
        known = ", ".join(f'{k} "{n}"' for k, n in there.ids) or "nothing"
        raise LookupError(f'{called} does not know the {kind} "{name}"; it knows {known}')
    return there.ids[kind, name]


def label_of(world: World, thing_id: str) -> str:
    """What the prose calls the thing of an id, in any practice; the id itself where no step has named it."""
    known: Mapping[str, Practice] = world.named("practice")
    return next((there.labels[thing_id] for there in known.values() if thing_id in there.labels), thing_id)


def description(kind: Kind, name: str, pairs: Pairs) -> dict[str, Any]:
    """What is seeded for the properties of a table, over the smallest thing of its kind."""
    fields: dict[str, Any] = {**kind.smallest}
    if kind.key != "invoice":
        fields[kind.named_by] = name
    else:
        fields["items"] = [{"description": name, "unit_cents": 12_000}]
    for words, cell in pairs:
        where = path(words)
        if where[0] in LISTED and (len(where) > 1 or cell.startswith("(")):
            fields.setdefault(where[0], []).extend(LISTED[where[0]](where, cell, len(fields.get(where[0], ()))))
        elif (what := value(cell)) is not LEFT_OUT:
            put(fields, where, _plain(what))
    return fields


def _plain(what: Any) -> Any:
    if isinstance(what, OfLength):
        return str(what)
    return what.isoformat() if isinstance(what, datetime | date | time) else what


def _segments(where: tuple[str, ...], cell: str, before: int) -> list[dict[str, Any]]:
    """`segments: Dr. Lee` is said by Dr. Lee; `(150 segments)` are so many, each different."""
    if generated := re.fullmatch(r"\((\d+) segments\)", cell):
        return [segment(number) for number in range(1, int(generated[1]) + 1)]
    return [{"speaker": where[1], "text": str(value(cell)), "startTime": 30.0 * before}]


def segment(number: int) -> dict[str, Any]:
    """One of many generated segments; its text tells its number."""
    speaker = "Client" if number % 2 else "Therapist"
    return {"speaker": speaker, "text": f"Point number {number} of what was said.", "startTime": 10.0 * number}


def _messages(where: tuple[str, ...], cell: str, _before: int) -> list[dict[str, Any]]:
    """`messages: client` is said by the client, `messages: assistant` by the assistant."""
    role = {"client": "user", "assistant": "assistant"}.get(where[1], where[1])
    return [{"role": role, "content": str(value(cell))}]


def _items(where: tuple[str, ...], cell: str, _before: int) -> list[dict[str, Any]]:
    """`items: Session` costs so many cents."""
    if not NUMBER.fullmatch(cell):
        raise ValueError(f"items: {where[1]}: a number of cents is needed, not {cell!r}")
    return [{"description": where[1], "unit_cents": int(cell)}]


LISTED: Mapping[str, Callable[[tuple[str, ...], str, int], list[dict[str, Any]]]] = {
    "segments": _segments,
    "messages": _messages,
    "items": _items,
}
"""Properties that are told entry by entry, in order."""


# What goes wrong there


def fail(world: World, trouble: str, *, call: str | None = None, called: str = HERE) -> None:
    """Order what goes wrong at a practice, for every call or those that a tool of these words makes."""
    there = practice(world, called)
    how = trouble.removeprefix(DONE_BEFORE)
    for pattern, order in TROUBLES.items():
        if found := re.fullmatch(pattern, how):
            spoilt = order(*found.groups()) | {"processed": how != trouble}
            there.control.fail(practice=there.seeded.id, **_of_call(world, call), **spoilt)
            return
    raise ValueError(f"{trouble!r} is no trouble; known: {', '.join(TROUBLES)}")


TOLD_OF_VIOLATION = "told of a violation"
REPORT = ("POST", "/admin/policy-violations")
"""The call by which a practice is told of a violation; no tool makes it."""


def _of_call(world: World, words: str | None) -> dict[str, Any]:
    if words is None:
        return {}
    if words.startswith(TOLD_OF_VIOLATION):
        _, _, by = words.partition(" by ")
        person = registered(world, COLLEAGUES[by]).id if by else None
        return {"method": REPORT[0], "path": REPORT[1], "person": person}
    tool = find(words)
    if tool is None or not tool.asks:
        raise ValueError(f'no tool that asks the practice is called "{words}"')
    method, _, route = tool.asks.partition(" ")
    return {"method": method, "path": re.sub(r"\{\w+\}", "*", route)}


def _times(words: str) -> int | None:
    """How often: until the end of the scenario, unless it is said."""
    counted = {"": None, " once": 1, " twice": 2}
    return counted[words] if words in counted else int(words.split(maxsplit=1)[0])


DONE_BEFORE = "does it and then "
"""Before a trouble: what was asked is done all the same, and only the answer is spoilt."""
HOW_OFTEN = r"( once| twice| \d+ times|)"
TROUBLES: Mapping[str, Callable[..., dict[str, Any]]] = {
    rf"fails with (\d{{3}}){HOW_OFTEN}": lambda status, times: {"status": int(status), "times": _times(times)},
    rf"fails with (\d{{3}}) and hands out a cookie{HOW_OFTEN}": lambda status, times: {
        "status": int(status),
        "headers": {"Set-Cookie": "visitor=the-first-who-came; Path=/"},
        "times": _times(times),
    },
    rf"answers (?:JSON|something) that breaks off{HOW_OFTEN}": lambda times: {
        "malformed": True,
        "times": _times(times),
    },
    rf"answers something else{HOW_OFTEN}": lambda times: {
        "status": 200,
        "body": {"surprise": True},
        "times": _times(times),
    },
    rf"answers after ([\d.]+) seconds?{HOW_OFTEN}": lambda seconds, times: {
        "delay_s": float(seconds),
        "times": _times(times),
    },
    rf"breaks the connection{HOW_OFTEN}": lambda times: {"reset": True, "times": _times(times)},
}
"""What can go wrong at a practice, in words."""
