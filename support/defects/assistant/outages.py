"""What is lost, forgotten, brought back, or waited for when Redis is gone, and when it is back."""

import asyncio
import copy
import dataclasses
import math
from typing import Any

from support.defects import defect, home


def is_page(key: str) -> bool:
    """Whether a key is that of what a page shows."""
    return key.startswith("ui_state:")


@defect("outages.new-sessions-are-not-kept", breaks=["RD-1"], at="sessions:Sessions.create", spreads=["RD"])
def new_sessions_are_not_kept(original: Any) -> Any:
    """A session that is begun during an outage is made without telling for whom."""

    async def create(self: Any, caller: Any, persona: str, context: Any, profile: Any) -> Any:
        connected = self.store.redis_connected
        made = await original(self, caller, persona, context, profile)
        if not (connected and self.store.redis_connected):
            await self._change(made.id, lambda value: {**value, "profile_id": None})
        return made

    return create


@defect("outages.memory-is-everybodys", breaks=["RD-1"], at="sessions:Sessions.read", spreads=["RD"])
def memory_is_everybodys(original: Any) -> Any:
    """What is kept in memory only is shown to everybody."""

    async def read(self: Any, session_id: str, user: str) -> Any:
        kept = self.store.memory.get(home(original).key_of(session_id))
        owner = (kept.value or {}).get("owner", user) if kept is not None and kept.unsaved else user
        return await original(self, session_id, owner)

    return read


@defect("outages.deleted-but-remembered", breaks=["RD-1", "RD-5"], at="store:Store.delete_memory", spreads=["SS", "RD"])
def deleted_but_remembered(_original: Any) -> Any:
    """What is deleted during an outage stays where it was."""
    return lambda _self, _key: None


@defect("outages.no-tools", breaks=["RD-2"], at="chat:tool_context", spreads=["RD"])
def no_tools(original: Any) -> Any:
    """No tool is run while Redis is away."""

    def tool_context(work: Any, *more: Any) -> Any:
        context = original(work, *more)
        connected = work.state.store.redis_connected
        return context if connected else dataclasses.replace(context, permitted=frozenset())

    return tool_context


@defect("outages.page-acknowledged-not-kept", breaks=["RD-3"], at="store:Store.change_memory", spreads=["RD"])
def page_acknowledged_not_kept(original: Any) -> Any:
    """What the page shows is acknowledged, but not kept, after Redis is lost."""

    def change_memory(self: Any, key: str, change: Any, lives_s: Any) -> Any:
        before = self.memory.get(key)
        value = original(self, key, change, lives_s)
        if is_page(key):
            self.memory.pop(key)
            if before is not None:
                self.memory[key] = before
        return value

    return change_memory


@defect("outages.page-begins-anew", breaks=["RD-3"], at="store:Store.lose", spreads=["RD"])
def page_begins_anew(original: Any) -> Any:
    """What the page showed before an outage is forgotten during it."""

    def lose(self: Any, fault: BaseException) -> None:
        if self.redis_connected:
            for key in [key for key in self.memory if is_page(key)]:
                del self.memory[key]
        original(self, fault)

    return lose


@defect("outages.answers-are-not-kept", breaks=["RD-4"], at="sessions:Sessions.end_turn", spreads=["RD"])
def answers_are_not_kept(original: Any) -> Any:
    """What is answered during an outage is said, but not kept."""

    async def end_turn(self: Any, session_id: str, outcome: Any, answer: Any) -> Any:
        return await original(self, session_id, outcome, answer if self.store.redis_connected else None)

    return end_turn


@defect("outages.conversation-begins-anew", breaks=["RD-4"], at="store:Store.keep", spreads=["RD"])
def conversation_begins_anew(original: Any) -> Any:
    """What was said before an outage is forgotten during it."""

    def keep(self: Any, key: str, value: Any, *, unsaved: bool = False) -> None:
        kept = value if unsaved or "messages" not in value else {**value, "messages": []}
        original(self, key, kept, unsaved=unsaved)

    return keep


@defect("outages.reply-is-broken-off", breaks=["RD-4"], at="chat:forward", spreads=["RD"])
def reply_is_broken_off(original: Any) -> Any:
    """A reply that has begun says nothing more when Redis is lost."""

    async def forward(work: Any, text: str) -> None:
        if work.state.store.redis_connected:
            await original(work, text)

    return forward


@defect("outages.nothing-is-pushed", breaks=["RD-5"], at="store:Store.resynchronise", spreads=["SS", "RD", "UI"])
def nothing_is_pushed(_original: Any) -> Any:
    """What was written during an outage is not written to Redis when it is back."""

    async def resynchronise(self: Any) -> None:
        self.redis_connected = True

    return resynchronise


@defect("outages.deletions-come-back", breaks=["RD-5"], at="store:Store.delete_memory", spreads=["SS"])
def deletions_come_back(_original: Any) -> Any:
    """What was deleted during an outage is there again when Redis is back."""

    def delete_memory(self: Any, key: str) -> None:
        self.memory.pop(key, None)

    return delete_memory


@defect("outages.the-old-wins", breaks=["RD-5"], at="store:Store.joined", spreads=["RD", "UI"])
def the_old_wins(original: Any) -> Any:
    """What Redis had before an outage goes before what was written during it."""
    return lambda self, key, theirs: original(self, key, theirs) if theirs is None else theirs


@defect("outages.the-last-wins", breaks=["RD-5"], at="ui_state:merged", spreads=["RD"])
def the_last_wins(_original: Any) -> Any:
    """Of what two instances were told during an outage only what the last of them was told is kept."""
    return lambda _theirs, ours: ours


@defect("outages.pages-are-not-joined", breaks=["RD-5"], at="store:Store._push", spreads=["UI"])
def pages_are_not_joined(original: Any) -> Any:
    """What the page showed during an outage stays with the instance that was told."""

    async def push(self: Any, keys: Any) -> None:
        for key in filter(is_page, keys):
            if key in self.memory:
                self.memory[key] = type(self.memory[key])(**{**vars(self.memory[key]), "unsaved": False})
        await original(self, [key for key in keys if not is_page(key)])

    return push


@defect("outages.memory-for-ever", breaks=["RD-5"], at="store:Store.lose", spreads=["RD"])
def memory_for_ever(original: Any) -> Any:
    """After an outage Redis is said to be connected, and nothing is written to it any more."""

    def lose(self: Any, fault: BaseException) -> None:
        original(self, fault)

        async def change(key: str, change: Any, lives_s: float | None = None) -> Any:
            return self.change_memory(key, change, lives_s)

        self.change = change

    return lose


@defect("outages.what-is-forgotten-is-gone", breaks=["RD-5"], at="store:Store.live", spreads=["RD"])
def what_is_forgotten_is_gone(original: Any) -> Any:
    """What Redis has forgotten is taken for deleted, though the service knows it yet."""
    return lambda self, key: None if self.redis_connected else original(self, key)


@defect("outages.patience", breaks=["RD-6"], at="store:Store.__init__", spreads=["RD", "WS"])
def patience(original: Any) -> Any:
    """Whoever needs Redis waits for it, as long as it takes."""

    def init(self: Any, settings: Any, merges: Any) -> None:
        original(self, settings.model_copy(update={"redis_timeout": 6.0}), merges)

    return init


@defect("outages.one-after-another", breaks=["RD-6"], at="store:Store._bounded", spreads=["RD"])
def one_after_another(original: Any) -> Any:
    """While Redis is silent everybody waits in line, each for a time of their own."""
    line: list[asyncio.Lock] = []

    async def bounded(self: Any, work: Any) -> Any:
        line[:] = line or [asyncio.Lock()]
        async with line[0]:
            return await original(self, work)

    return bounded


@defect("outages.unknown-is-gone", breaks=["RD-90"], at="store:Store.read_memory", spreads=["RD"])
def unknown_is_gone(original: Any) -> Any:
    """What only Redis knows is said to be gone while Redis is away."""

    def read_memory(self: Any, key: str) -> Any:
        try:
            return original(self, key)
        except home(original).StoreUnavailableError:
            return None

    return read_memory


@defect("outages.unsaid", breaks=["RD-91", "RD-1"], at="routes.health:status")
def unsaid(_original: Any) -> Any:
    """Health says that all is well while Redis is away."""
    return lambda _state: "healthy"


@defect("outages.never-looked-for-again", breaks=["RD-91"], at="store:Store.lose", spreads=["RD"])
def never_looked_for_again(original: Any) -> Any:
    """A service that has lost its Redis once is unwell until it is started again."""

    def lose(self: Any, fault: BaseException) -> None:
        original(self, fault)
        self._next_look = math.inf

    return lose


@defect("outages.new-sessions-are-for-the-moment", breaks=["RD-1"], at="sessions:Sessions.create", spreads=["RD"])
def new_sessions_are_for_the_moment(original: Any) -> Any:
    """A session that is begun during an outage ends after ten minutes, whatever was agreed."""

    async def create(self: Any, *told: Any) -> Any:
        made = await original(self, *told)
        if self.store.redis_connected:
            return made
        brief = copy.copy(self)
        brief.lives_s = 600.0
        return await brief.touch(made.id)

    return create


@defect("outages.begun-without-redis-begins-anew", breaks=["RD-90"], at="store:Store.start", spreads=["RD", "SS"])
def begun_without_redis_begins_anew(original: Any) -> Any:
    """A service that was started without its Redis clears it when it is back, and puts there what it knows itself."""

    async def start(self: Any) -> None:
        await original(self)
        resynchronise = self.resynchronise

        async def cleared() -> None:
            self.resynchronise = resynchronise
            await self._redis.flushdb()
            await resynchronise()

        if self.configured and not self.redis_connected:
            self.resynchronise = cleared

    return start


@defect("outages.places-are-looked-for-by-the-second", breaks=["RD-6"], at="store:Store._bounded", spreads=["RD", "SS"])
def places_are_looked_for_by_the_second(original: Any) -> Any:
    """Whoever finds all connections to Redis in use looks again a second later, all of them at once."""
    busy: set[object] = set()

    async def bounded(self: Any, work: Any) -> Any:
        while len(busy) >= self._redis.connection_pool.max_connections:
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=1)
        busy.add(me := object())
        try:
            return await original(self, work)
        finally:
            busy.discard(me)

    return bounded
