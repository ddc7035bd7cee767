"""What is there in the end: things that a practice keeps, read from the practice; and what is known of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic.alias_generators import to_camel

from support.checks.tables import LEFT_OUT, OfLength, path, put, value
from support.checks.waiting import eventually
from support.clients.assistant import Refusal
from support.deeds import practice
from support.deeds.chatting import SOON_S, Chat, service
from support.deeds.practice import Kind, Pairs
from support.reporting import evidence
from support.world import World

LISTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "client": ("/clients", {"includeInactive": "true"}),
    "document": ("/documents", {}),
    "appointment": ("/appointments", {}),
    "invoice": ("/invoices", {}),
    "note": ("/clients/{client}/notes", {}),
    "homework": ("/clients/{client}/homework", {}),
    "mood": ("/client-mood/recent", {"clientId": "{client}"}),
}
"""Where each kind is listed; `{client}`: a list for each client."""


def keeps(world: World, kind: Kind, rows: Sequence[Pairs], called: str) -> None:
    """A practice keeps exactly these things of a kind, in any order; of each the columns are looked at.

    Raises:
        AssertionError: one is missing, is otherwise, or there are more.

    """
    columns = [words for words, _ in rows[0]] if rows else [kind.key]
    found = sorted(_line(world, kind, columns, each) for each in things(world, kind, called))
    wanted = sorted("| " + " | ".join(as_text(value(cell)) for _, cell in row) + " |" for row in rows)
    if found != wanted:
        actual, expected = "\n".join(found) or "none", "\n".join(wanted) or "none"
        evidence.attach_comparison(expected, actual)
        raise AssertionError(f"{called} has these {kind.plural}\n{actual}\nexpected\n{expected}")


def things(world: World, kind: Kind, called: str) -> Iterator[Mapping[str, Any]]:
    """All things of a kind, as the practice tells them to its administrator."""
    reader = practice.reader(world, called)
    where, query = LISTS[kind.key]
    if "{client}" not in f"{where}{query}":
        yield from reader.get(where, **query)[kind.plural]
        return
    for client in reader.get("/clients", includeInactive="true")["clients"]:
        asked = {name: what.format(client=client["id"]) for name, what in query.items()}
        for each in reader.get(where.format(client=client["id"]), **asked)[kind.plural]:
            yield {"clientName": client["name"], **each}


def _line(world: World, kind: Kind, columns: Sequence[str], thing: Mapping[str, Any]) -> str:
    cells = [as_text(_cell(world, kind, words, thing)) for words in columns]
    return "| " + " | ".join(cells) + " |"


def _cell(world: World, kind: Kind, words: str, thing: Mapping[str, Any]) -> Any:
    if words == kind.key:
        return thing[to_camel(kind.named_by)]
    if words == "client":
        return thing["clientName"]
    if words == "items":
        return [f"{each['description']} {each['unitCents']}" for each in thing["items"]]
    return practice.label_of(world, told) if isinstance(told := thing[to_camel("_".join(words.split()))], str) else told


def as_text(what: Any) -> str:
    """A value for comparison: moments to the second, in UTC."""
    match what:
        case datetime():
            return what.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        case str() if len(what) > 18 and what[4] == what[7] == "-" and what.endswith("Z"):
            return as_text(datetime.fromisoformat(what))
        case bool():
            return "yes" if what else "no"
        case list():
            return "[" + ", ".join(as_text(each) for each in what) + "]"
        case None:
            return "(nothing)"
        case _:
            return str(what)


# The page


def page_is(world: World, which: Chat, pairs: Pairs, *, soon: bool = False) -> None:
    """The service knows exactly this of somebody's page; `soon`: it has a moment to come to that.

    Raises:
        AssertionError: it knows something else, or more.

    """
    wanted: dict[str, Any] = {}
    for words, cell in pairs:
        what = value(cell)
        if what is not LEFT_OUT:
            put(wanted, path(words), str(what) if isinstance(what, OfLength) else what)

    def look() -> None:
        read = service(world).read_state(which.identity, which.session)
        assert not isinstance(read, Refusal), str(read)
        found = in_words(world, read.ui_state)
        assert found == wanted, f"the page is known as {found}, expected {wanted}"

    if soon:
        eventually(look, within=SOON_S, what="what is known of the page")
    else:
        look()


def in_words(world: World, state: Mapping[str, Any]) -> dict[str, Any]:
    """What a page shows: clients, templates, sessions and drafts by their names, everything else as it is."""
    told = {words: make(world, state[key]) for key, (words, make) in NAMED.items() if key in state}
    return {**told, **{name: what for name, what in state.items() if name not in NAMED}}


NAMED: Mapping[str, tuple[str, Callable[[World, Any], Any]]] = {
    "currentClient": ("client", lambda world, client: practice.label_of(world, client["clientId"])),
    "selectedTemplate": ("template", lambda world, template: practice.label_of(world, template["templateId"])),
    "loadedSessions": (
        "loaded_sessions",
        lambda world, loaded: [practice.label_of(world, each["sessionId"]) for each in loaded],
    ),
    "generatedDocuments": ("drafts", lambda _, drafts: [each["name"] for each in drafts]),
}
"""Parts of a page that are told by names."""


ASKED: Mapping[str, str] = {
    "set_client_selection": "clientId",
    "load_session_direct": "sessionId",
    "set_selected_template": "templateId",
    "generate_document_from_loaded": "name",
    "suggest_navigation": "pageUrl",
    "navigate_to_page": "pageUrl",
}
"""By which part of it each thing that a page is asked for is told."""


def page_asked_for(which: Chat, rows: Sequence[Sequence[str]], world: World) -> None:
    """Since the last deed a page was asked for exactly these things, in this order.

    Raises:
        AssertionError: for something else, or more.

    """
    found = [_asked_for(world, each.fields["action"]) for each in which.received if each.type == "ui_action"]
    wanted = [tuple(row) for row in rows]
    assert found == wanted, f"the page was asked for {found}, expected {wanted}"


def _asked_for(world: World, action: Mapping[str, Any]) -> tuple[str, str]:
    what = action["payload"][ASKED[action["type"]]]
    return str(action["type"]).replace("_", " "), practice.label_of(world, what)


def page_is_kept(world: World, which: Chat, hours: int) -> None:
    """What a page shows ends by itself after this time, not before.

    Raises:
        AssertionError: it is not there, never ends, or ends at another time.

    """
    left = world.worker.redis.remaining_s(f"ui_state:{which.session}")
    assert left is not None, "what the page shows is not there, or never ends"
    assert hours * 3600 - 60 < left <= hours * 3600, f"what the page shows ends in {left / 3600:.2f} hours"
