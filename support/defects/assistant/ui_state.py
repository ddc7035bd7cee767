"""What a page shows: taken in whole or in part, for how long, for whom, and what it changes."""

from collections.abc import Mapping
from typing import Any

from support.defects import defect, home

AROUND = ["UI", "TC", "PA", "DG", "WS", "PE", "SS", "RD"]
"""Blocks whose scenarios look at pages, too."""


@defect("pages.told-whole-are-merged", breaks=["UI-1"], at="ui_state:replaced", spreads=AROUND)
def told_whole_are_merged(original: Any) -> Any:
    """A page that is told whole keeps what it does not show any more."""
    return lambda record, state, at: home(original).updated(record, state, at)


@defect("pages.taken-in-and-not-kept", breaks=["UI-1"], at="ui_state:UiStates.replace", spreads=AROUND)
def taken_in_and_not_kept(_original: Any) -> Any:
    """A page that is told whole is acknowledged, and not kept."""

    async def replace(states: Any, session_id: str, state: Mapping[str, Any], at: float | None) -> Any:
        del state, at
        return await states.read(session_id)

    return replace


@defect("pages.lose-what-is-nested", breaks=["UI-1"], at="ui_state:replaced", spreads=AROUND)
def lose_what_is_nested(original: Any) -> Any:
    """Of a page that is told whole only what lies on top is kept."""

    def replaced(record: Any, state: Mapping[str, Any], at: float) -> Any:
        return original(record, {name: {} if name == "filters" else what for name, what in state.items()}, at)

    return replaced


@defect("pages.older-changes-count", breaks=["UI-2"], at="ui_state:is_stale", spreads=AROUND)
def older_changes_count(_original: Any) -> Any:
    """A change that comes late counts as if it were the latest."""
    return lambda record, at: False


@defect("pages.same-moment-is-too-late", breaks=["UI-2"], at="ui_state:is_stale", spreads=AROUND)
def same_moment_is_too_late(_original: Any) -> Any:
    """A change of the very moment of the last one is not taken in."""
    return lambda record, at: record["told_at"] is not None and at <= record["told_at"]


@defect("pages.changes-replace-all", breaks=["UI-2"], at="ui_state:updated", spreads=AROUND)
def changes_replace_all(original: Any) -> Any:
    """Whatever a change does not tell is forgotten."""
    return lambda record, keys, at: home(original).replaced(record, keys, at)


@defect("pages.later-changes-are-too-late", breaks=["UI-2"], at="ui_state:is_stale", spreads=AROUND)
def later_changes_are_too_late(_original: Any) -> Any:
    """Whatever a page tells after its first word is refused as too old."""
    return lambda record, at: record["told_at"] is not None and at != record["told_at"]


@defect("pages.stale-changes-are-acknowledged", breaks=["UI-2"], at="ui_state:UiStates.update", spreads=AROUND)
def stale_changes_are_acknowledged(original: Any) -> Any:
    """A change that is too old is acknowledged as taken in, and is not."""

    async def update(states: Any, session_id: str, keys: Any, at: Any) -> Any:
        try:
            return await original(states, session_id, keys, at)
        except home(original).StaleStateError:
            return await states.read(session_id)

    return update


@defect("pages.kept-as-long-as-sessions", breaks=["UI-3"], at="ui_state:UiStates.__init__", spreads=AROUND)
def kept_as_long_as_sessions(original: Any) -> Any:
    """What a page shows is forgotten after four hours."""

    def init(states: Any, store: Any, settings: Any) -> None:
        original(states, store, settings)
        states.lives_s = 4 * 3600.0

    return init


@defect("pages.kept-by-one-instance", breaks=["UI-3"], at="ui_state:UiStates.__init__", spreads=AROUND)
def kept_by_one_instance(original: Any) -> Any:
    """What a page shows is known only to the instance that it was told to: the others know that there is a page."""

    def init(states: Any, store: Any, settings: Any) -> None:
        original(states, store, settings)
        kept: dict[str, Any] = {}

        async def read(key: str) -> Any:
            return kept.get(key) or await store.read(key)

        async def change(key: str, how: Any, lives_s: float) -> Any:
            kept[key] = how(kept.get(key))
            await store.change(key, lambda record: how(record) | {"state": {}}, lives_s)
            return kept[key]

        states.store = type("Kept", (), {"read": staticmethod(read), "change": staticmethod(change)})()

    return init


@defect("pages.loaded-sessions-are-overlooked", breaks=["UI-4"], at="tools.sessions:loaded_sessions", spreads=AROUND)
def loaded_sessions_are_overlooked(_original: Any) -> Any:
    """Tools do not see what is loaded on the page."""
    return lambda context: []


@defect("pages.tools-change-nothing", breaks=["UI-4"], at="ui_state:UiStates.set", spreads=AROUND)
def tools_change_nothing(_original: Any) -> Any:
    """What a tool puts on the page is not kept."""

    async def set_(states: Any, session_id: str, keys: Any) -> Any:
        record = await states.read(session_id)
        return record | {"state": record["state"] | keys}

    return set_


@defect("pages.nobody-says-what-is-missing", breaks=["UI-4"], at="tools.base:failed", spreads=AROUND)
def nobody_says_what_is_missing(original: Any) -> Any:
    """A tool that finds nothing loaded, or nothing selected, fails without a word on that."""

    def failed(name: str, error: str) -> Any:
        return original(name, "It did not work." if "load" in error or "select" in error else error)

    return failed


@defect("pages.known-ones-allow-nothing", breaks=["UI-4"], at="personas:tools_on", spreads=AROUND)
def known_ones_allow_nothing(original: Any) -> Any:
    """On a page of a known type no tool can be used."""
    return lambda persona, page_type: [] if page_type else original(persona, page_type)


@defect("pages.type-changes-nothing", breaks=["UI-4"], at="personas:tools_on", spreads=AROUND)
def type_changes_nothing(_original: Any) -> Any:
    """Every tool can be used on every page."""
    return lambda persona, page_type: list(persona.tools)


@defect("pages.sessions-of-all-clients-are-one", breaks=["UI-4"], at="tools.documents:subject", spreads=AROUND)
def sessions_of_all_clients_are_one(original: Any) -> Any:
    """A document is written from all loaded sessions, whoever they are of."""

    def subject(loaded: Any, current: Any) -> Any:
        return loaded or original(loaded, current)

    return subject


@defect("pages.templates-are-everybodys", breaks=["UI-90"], at="ui_state:UiStates.__init__", spreads=AROUND)
def templates_are_everybodys(original: Any) -> Any:
    """The template that is selected on one page is selected in every chat whose page selects none."""

    def started(states: Any, *given: Any) -> None:
        original(states, *given)
        chosen: dict[str, Any] = {}
        read = states.read

        def noting(change: Any) -> Any:
            async def changed(*of: Any) -> Any:
                record = await change(*of)
                chosen.update({name: what for name, what in record["state"].items() if name == "selectedTemplate"})
                return record

            return changed

        async def known(session_id: str) -> Any:
            record = await read(session_id)
            return {**record, "state": {**chosen, **record["state"]}}

        states.replace, states.update, states.read = noting(states.replace), noting(states.update), known

    return started


@defect("pages.are-everybodys", breaks=["UI-90", "UI-4"], at="ui_state:key_of", spreads=AROUND)
def are_everybodys(_original: Any) -> Any:
    """What one page shows is known in every chat."""
    return lambda session_id: "ui_state:everybody"
