"""Spans as events, and the sessions that they name. They come by OTLP alone, and are visible a moment later.

What the suite says of a span is said in the words of OpenInference, which Phoenix understands; a span's id is its
event's. A session is nothing but its spans: it begins with the first one, and its outermost spans are its children.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import quote

from ...collector import SpanSent
from ...interface import Deleted, Event, NotOffered, Page, Refusal
from ...things import need
from ...translation import parse
from .pages import Turned, turn, turn_graph
from .wire import Wire

PAGE = 1000
"""The most that Phoenix answers at once."""
KINDS = {"model": "LLM", "tool": "TOOL", "chain": "CHAIN"}
TYPES = {kind: type_ for type_, kind in KINDS.items()} | {"AGENT": "chain"}
VALUES = {"honeyhive_inputs": "input", "honeyhive_outputs": "output"}
"""What goes in and comes out, as the suite says it, and as OpenInference does: one text, of JSON."""
OWN = frozenset({"input", "output", "openinference", "session"})
"""What attributes are called that say something of the span itself: all others are metadata."""
COLUMNS = {"name": "name", "session": "attributes['session']['id']"}
"""What spans can be chosen by, and how GraphQL's filter says it."""

SHOWN = (
    "spanId parentId name spanKind statusCode statusMessage startTime endTime attributes"
    " trace { session { sessionId } }"
)
LIST = (
    "query($project: String!, $first: Int!, $after: String, $filter: String) { getProjectByName(name: $project) {"
    f" spans(first: $first, after: $after, filterCondition: $filter) {{ edges {{ node {{ {SHOWN} }} }}"
    " pageInfo { hasNextPage endCursor } } } }"
)
GET = f"query($id: String!) {{ getSpanByOtelId(spanId: $id) {{ {SHOWN} }} }}"
SESSION = "query($id: String!) { getProjectSessionById(sessionId: $id) { sessionId startTime endTime } }"
SESSIONS = (
    "query($project: String!, $first: Int!, $after: String) { getProjectByName(name: $project) {"
    " sessions(first: $first, after: $after) { edges { node { sessionId startTime endTime } }"
    " pageInfo { hasNextPage endCursor } } } }"
)


def in_openinference(span: SpanSent) -> SpanSent:
    """The span in Phoenix's words: session, type, what went in and came out. All other attributes stay as they are."""
    told: dict[str, Any] = {}
    values: dict[str, dict[str, Any]] = {}
    for name, value in span.attributes.items():
        first, _, rest = name.partition(".")
        if name == "honeyhive.session_id":
            told["session.id"] = value
        elif name == "honeyhive_event_type":
            told["openinference.span.kind"] = _kind(value)
        elif first in VALUES:
            values.setdefault(VALUES[first], {})[rest] = value
        else:
            told[name] = value
    for place, held in values.items():
        told |= {f"{place}.value": json.dumps(held), f"{place}.mime_type": "application/json"}
    return replace(span, attributes=told)


class _Readable:
    """Things that are read, never made: of whatever else is asked, `NotOffered` says why."""

    noun: str
    why = "Phoenix takes spans by OTLP alone, and keeps them as they came; a session is nothing but its spans"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self, *, limit: int | None = None, page: int | None = None, **filters: Any) -> Page[Event] | Refusal:
        """See `interface.Things`. Phoenix turns pages by cursor only: a page is reached through those before it."""
        last = None if limit is None else limit * (page or 1)
        size = PAGE if last is None else min(last, PAGE)
        cursor: str | None = None
        found: list[Any] = []
        while last is None or len(found) < last:
            turned = self._turn(size, cursor, filters)
            if isinstance(turned, Refusal):
                return turned
            more, cursor = turned
            found += more
            if cursor is None:
                break
        first = 0 if last is None else last - (limit or 0)
        things = tuple(map(self._thing, found[first:last]))
        more_follow = cursor is not None or (last is not None and len(found) > last)
        return Page[Event](items=things, page=page, limit=limit, has_next=more_follow)

    def find(self, name: str) -> Page[Event] | Refusal:
        """See `interface.Things`."""
        return self.list(name=name)

    @abstractmethod
    def _turn(self, size: int, cursor: str | None, filters: Mapping[str, Any]) -> Turned: ...

    @abstractmethod
    def _thing(self, wire: Mapping[str, Any]) -> Event: ...

    def __getattr__(self, operation: str) -> Callable[..., NoReturn]:
        def refuse(*_: object, **__: object) -> NoReturn:
            raise NotOffered(f"{self.why}: it cannot {operation} one")

        return refuse


class RestEvents(_Readable):
    """Spans as REST shows them."""

    noun = "event"

    def get(self, thing_id: str) -> Event | Refusal:
        """See `interface.Things`: a span is found by its id in the list of its project."""
        answer = self._wire.ask("GET", f"{self._project}/spans", query={"span_id": thing_id})
        if isinstance(answer, Refusal):
            return answer
        return _only(list(map(self._thing, need(answer, "data", "spans", list))))

    def _turn(self, size: int, cursor: str | None, filters: Mapping[str, Any]) -> Turned:
        _only_by(COLUMNS, filters)
        named = {"name": filters.get("name")}
        if "session" in filters:
            named["attribute"] = f"session.id:{filters['session']}"
        return turn(self._wire, f"{self._project}/spans", cursor, {"limit": size, **named})

    @property
    def _project(self) -> str:
        return _project(self._wire)

    def _thing(self, wire: Mapping[str, Any]) -> Event:
        said = wire["attributes"]
        return _event(wire["context"]["span_id"], said.get("session.id"), wire, said)


class GraphEvents(_Readable):
    """Spans as GraphQL shows them, under other names and in trees of attributes."""

    noun = "event"

    def get(self, thing_id: str) -> Event | Refusal:
        """See `interface.Things`."""
        answer = self._wire.query("getSpanByOtelId", GET, id=thing_id)
        return answer if isinstance(answer, Refusal) else _only([] if answer is None else [self._thing(answer)])

    def _turn(self, size: int, cursor: str | None, filters: Mapping[str, Any]) -> Turned:
        _only_by(COLUMNS, filters)
        asked = [f"{COLUMNS[name]} == {json.dumps(value)}" for name, value in filters.items()]
        return _turned_graph(self._wire, "spans", LIST, size, cursor, filter=" and ".join(asked) or None)

    def _thing(self, wire: Mapping[str, Any]) -> Event:
        said = dict(_flat(json.loads(wire["attributes"])))
        names = ("span_kind", "status_code", "status_message", "start_time", "end_time", "parent_id")
        flat = {"name": wire["name"]} | {name: wire[_camel(name)] for name in names}
        session = need(wire, "trace.session", "spans")
        belongs = None if session is None else session["sessionId"]
        return _event(wire["spanId"], belongs, flat, said)


class _Sessions(_Readable):
    noun = "session"

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`. GraphQL has no such operation."""
        answer = self._wire.ask("DELETE", f"sessions/{quote(thing_id, safe='')}")
        return answer if isinstance(answer, Refusal) else Deleted(id=thing_id)


class RestSessions(_Sessions):
    """Sessions as REST shows them."""

    def get(self, thing_id: str) -> Event | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("GET", f"sessions/{quote(thing_id, safe='')}")
        return answer if isinstance(answer, Refusal) else self._thing(need(answer, "data", "sessions"))

    def _turn(self, size: int, cursor: str | None, filters: Mapping[str, Any]) -> Turned:
        _only_by((), filters)
        return turn(self._wire, f"{_project(self._wire)}/sessions", cursor, {"limit": size})

    def _thing(self, wire: Mapping[str, Any]) -> Event:
        return _session(wire["session_id"], wire["start_time"], wire["end_time"])


class GraphSessions(_Sessions):
    """Sessions as GraphQL shows them."""

    def get(self, thing_id: str) -> Event | Refusal:
        """See `interface.Things`."""
        answer = self._wire.query("getProjectSessionById", SESSION, id=thing_id)
        return answer if isinstance(answer, Refusal) else _only([] if answer is None else [self._thing(answer)])

    def _turn(self, size: int, cursor: str | None, filters: Mapping[str, Any]) -> Turned:
        _only_by((), filters)
        return _turned_graph(self._wire, "sessions", SESSIONS, size, cursor)

    def _thing(self, wire: Mapping[str, Any]) -> Event:
        return _session(wire["sessionId"], wire["startTime"], wire["endTime"])


def _project(wire: Wire) -> str:
    return f"projects/{quote(wire.key.project, safe='')}"


def _turned_graph(wire: Wire, member: str, text: str, size: int, cursor: str | None, **named: Any) -> Turned:
    answer = wire.query("getProjectByName", text, project=wire.key.project, first=size, after=cursor, **named)
    return turn_graph(answer, f"{member}.edges")


def _only_by(known: Collection[str], filters: Mapping[str, Any]) -> None:
    if beyond := sorted(set(filters) - set(known)):
        raise NotOffered(f"the adapter of Phoenix chooses nothing here by {', '.join(beyond)}")


def _kind(type_: str) -> str:
    if type_ not in KINDS:
        raise NotOffered(f"the adapter of Phoenix knows spans of the types {', '.join(KINDS)}, not {type_!r}")
    return KINDS[type_]


def _only(found: Sequence[Event]) -> Event | Refusal:
    return found[0] if found else Refusal(status=200, reason="not found", message="Phoenix answers with nothing")


def _flat(tree: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """The attributes of a tree, each by its dotted name."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{within}{name}.")
        else:
            yield f"{within}{name}", value


def _event(span_id: str, session: str | None, wire: Mapping[str, Any], said: Mapping[str, Any]) -> Event:
    begun, ended = (datetime.fromisoformat(wire[name]) for name in ("start_time", "end_time"))
    kind = wire["span_kind"].upper()
    told = {
        "id": span_id,
        "session": session,
        "type": TYPES.get(kind, kind.lower()),
        "name": wire["name"],
        "parent": wire["parent_id"] or session,
        **{f"{place}s": _value(said.get(f"{place}.value")) for place in VALUES.values()},
        "metadata": {
            name.removeprefix("metadata."): value for name, value in said.items() if name.partition(".")[0] not in OWN
        },
        "error": wire["status_message"] if wire["status_code"] == "ERROR" else None,
        "start_time": begun.timestamp() * 1000,
        "end_time": ended.timestamp() * 1000,
        "duration": (ended - begun).total_seconds() * 1000,
    }
    return parse(Event, told, "spans")


def _value(text: Any) -> dict[str, Any]:
    """What went in or came out: the object that its text is, or the text under no name of its own."""
    if text is None:
        return {}
    try:
        held = json.loads(text)
    except ValueError:
        held = text
    return held if isinstance(held, dict) else {"value": held}


def _session(session_id: str, begun: str, ended: str) -> Event:
    times = (datetime.fromisoformat(text).timestamp() * 1000 for text in (begun, ended))
    told = {"id": session_id, "session": session_id, "type": "session", "name": None}
    return parse(Event, told | dict(zip(("start_time", "end_time"), times, strict=True)), "sessions")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
