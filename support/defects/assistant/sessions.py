"""Sessions that are made wrongly, end at the wrong time, forget what was said, or are shown around."""

import copy
import dataclasses
import time
from datetime import UTC, datetime
from typing import Any

from support.defects import defect, home

EVERYWHERE = ("SS", "RD", "WS", "ST", "UI", "TC", "PE", "EC")
"""Blocks whose scenarios look through sessions."""


@defect("sessions.made-without-an-end", breaks=["SS-1", "SS-4"], at="store:milliseconds_left", spreads=EVERYWHERE)
def made_without_an_end(_original: Any) -> Any:
    """Redis is told to keep a session for ten years, whatever was agreed."""
    return lambda _value: 10 * 365 * 24 * 3600 * 1000


@defect("sessions.time-told-is-ignored", breaks=["SS-1", "SS-4"], at="sessions:Sessions.__init__", spreads=EVERYWHERE)
def time_told_is_ignored(original: Any) -> Any:
    """A session lasts four hours, whatever the service is told."""

    def init(self: Any, *told: Any) -> None:
        original(self, *told)
        self.lives_s = 4 * 3600.0

    return init


@defect("sessions.made-for-the-usual-persona", breaks=["SS-1", "SS-5"], at="sessions:new", spreads=EVERYWHERE)
def made_for_the_usual_persona(original: Any) -> Any:
    """A session is made for the web assistant, whoever was asked for."""
    return lambda caller, _persona, context, profile: original(caller, "web_assistant", context, profile)


@defect("sessions.read-once-and-never-again", breaks=["SS-2"], at="sessions:Sessions.read", spreads=EVERYWHERE)
def read_once_and_never_again(original: Any) -> Any:
    """A session that was read before is shown as it was then."""
    seen: dict[tuple[str, str], Any] = {}

    async def read(self: Any, session_id: str, user: str) -> Any:
        if (session_id, user) not in seen:
            seen[session_id, user] = await original(self, session_id, user)
        return seen[session_id, user]

    return read


@defect("sessions.tells-answers-only", breaks=["SS-2"], at="routes.sessions:shown", spreads=EVERYWHERE)
def tells_answers_only(original: Any) -> Any:
    """A session tells what was answered, not what was asked."""

    def shown(session: Any) -> Any:
        told = original(session)
        return {**told, "messages": [each for each in told["messages"] if each["role"] == "assistant"]}

    return shown


@defect("sessions.tells-another-end", breaks=["SS-2"], at="routes.sessions:begun", spreads=EVERYWHERE)
def tells_another_end(original: Any) -> Any:
    """A session tells as its end when it began."""
    return lambda session: {**original(session), "expires_at": original(session)["created_at"]}


@defect("sessions.deleted-in-words-only", breaks=["SS-3"], at="store:Store.delete", spreads=EVERYWHERE)
def deleted_in_words_only(_original: Any) -> Any:
    """Deleting a session is answered as done, and it is there as before."""

    async def delete(_self: Any, *_keys: str) -> None:
        return None

    return delete


@defect("sessions.deleted-without-the-page", breaks=["SS-3"], at="store:Store.delete", spreads=EVERYWHERE)
def deleted_without_the_page(original: Any) -> Any:
    """Of a deleted session it is kept what the page showed."""

    async def delete(self: Any, *keys: str) -> None:
        await original(self, *(key for key in keys if not key.startswith("ui_state")))

    return delete


@defect("sessions.deleted-and-joined", breaks=["SS-3"], at="sessions:Sessions.delete", spreads=EVERYWHERE)
def deleted_and_joined(original: Any) -> Any:
    """A session that was deleted is there again, empty, for whoever connects to it."""

    async def delete(self: Any, session_id: str, user: str) -> None:
        before = await self.read(session_id, user)
        await original(self, session_id, user)
        read = self.read

        empty = dataclasses.replace(before, messages=[])
        read, touch = self.read, self.touch

        async def remembered(wanted: str, who: str) -> Any:
            return empty if (wanted, who) == (session_id, user) else await read(wanted, who)

        async def touched(wanted: str) -> Any:
            return empty if wanted == session_id else await touch(wanted)

        self.read, self.touch = remembered, touched

    return delete


@defect("sessions.deleted-twice-is-fine", breaks=["SS-3"], at="sessions:Sessions.delete", spreads=["SS-10"])
def deleted_twice_is_fine(original: Any) -> Any:
    """Deleting what is not there is answered as done."""

    async def delete(self: Any, session_id: str, user: str) -> None:
        try:
            await original(self, session_id, user)
        except home(original).SessionNotFoundError:
            return

    return delete


@defect("sessions.activity-does-not-renew", breaks=["SS-4"], at="sessions:Sessions._change", spreads=["SS-7", "RD"])
def activity_is_not_noticed(original: Any) -> Any:
    """A session ends at the time that was told at first, however busy it is."""

    async def change(self: Any, session_id: str, what: Any) -> Any:
        blind = copy.copy(self)
        blind.lives_s = None
        return await original(blind, session_id, what)

    return change


@defect("sessions.only-words-count", breaks=["SS-4"], at="sessions:Sessions.touch", spreads=["SS", "WS"])
def only_words_count(original: Any) -> Any:
    """Whoever comes back, or works on the page, is not noticed: only what is said keeps a session."""

    async def touch(self: Any, session_id: str) -> Any:
        sessions = home(original)
        value = await self.store.read(sessions.key_of(session_id))
        if value is None:
            raise sessions.SessionNotFoundError(session_id)
        return sessions.loaded(value)

    return touch


@defect("sessions.looking-keeps-it", breaks=["SS-4"], at="sessions:Sessions.read", spreads=["SS-7"])
def looking_keeps_it(original: Any) -> Any:
    """Whoever only looks whether a session is there keeps it for ever."""

    async def read(self: Any, session_id: str, user: str) -> Any:
        await original(self, session_id, user)
        return await self.touch(session_id)

    return read


@defect("sessions.end-too-early", breaks=["SS-4"], at="sessions:is_over", spreads=["SS", "RD"])
def end_too_early(original: Any) -> Any:
    """A session is over a fifth of a second before its time."""
    return lambda value, now: original(value, now + 0.2)


@defect("sessions.profile-is-forgotten", breaks=["SS-5"], at="sessions:Sessions.touch", spreads=["PA", "WS"])
def profile_is_forgotten(original: Any) -> Any:
    """Whoever comes back must say again as whom they act."""

    async def touch(self: Any, session_id: str) -> Any:
        return dataclasses.replace(await original(self, session_id), profile=None)

    return touch


@defect("sessions.persona-falls-back", breaks=["SS-5"], at="sessions:Sessions.touch", spreads=EVERYWHERE)
def persona_falls_back(original: Any) -> Any:
    """Whoever comes back talks to the web assistant from then on."""

    async def touch(self: Any, session_id: str) -> Any:
        return await self._change(session_id, lambda value: {**value, "persona_type": "web_assistant"})

    return touch


@defect("sessions.token-counts-once", breaks=["SS-5"], at="connections:queue", spreads=EVERYWHERE)
def token_counts_once(original: Any) -> Any:
    """The token that was shown on connecting is used for the first message only."""

    def queue(connection: Any, frame: Any) -> None:
        original(connection, frame)
        if frame["type"] == "chat_message":
            secret = type(connection.caller.token)
            connection.caller = dataclasses.replace(connection.caller, token=secret("used-up"))

    return queue


@defect("sessions.token-is-kept", breaks=["SS-5"], at="sessions:new", spreads=["RD"])
def token_is_kept(original: Any) -> Any:
    """The token lies in Redis, for everybody to read who reads there."""
    return lambda caller, *more: {**original(caller, *more), "token": caller.token.get_secret_value()}


@defect("sessions.history-is-turned-round", breaks=["SS-6"], at="sessions:history", spreads=EVERYWHERE)
def history_is_turned_round(original: Any) -> Any:
    """The model is told the conversation with the last words first."""
    return lambda messages, limit: original(messages, limit)[::-1]


@defect("sessions.history-tells-questions-twice", breaks=["SS-6"], at="sessions:history", spreads=EVERYWHERE)
def history_tells_questions_twice(original: Any) -> Any:
    """The model is told what was just asked twice."""
    return lambda messages, limit: [*original(messages, limit), *original(messages, 1)]


@defect("sessions.history-lacks-answers", breaks=["SS-6"], at="sessions:history", spreads=EVERYWHERE)
def history_lacks_answers(original: Any) -> Any:
    """The model is not told what it answered before."""
    return lambda messages, limit: [each for each in original(messages, limit) if each["role"] == "user"]


@defect("sessions.history-without-a-limit", breaks=["SS-6"], at="sessions:history", spreads=EVERYWHERE)
def history_without_a_limit(original: Any) -> Any:
    """The model is told every word of a long conversation."""
    return lambda messages, _limit: original(messages, 1_000_000)


@defect("sessions.history-of-the-beginning", breaks=["SS-6"], at="sessions:history", spreads=EVERYWHERE)
def history_of_the_beginning(original: Any) -> Any:
    """Of a long conversation the model is told how it began, and the last question."""
    return lambda messages, limit: original(messages[: limit - 1], limit) + original(messages[limit - 1 :], 1)


@defect("sessions.sweep-takes-the-active", breaks=["SS-7"], at="store:Store.sweep", spreads=EVERYWHERE)
def sweep_takes_the_active(original: Any) -> Any:
    """When something has ended, everything is cleared away, what is used included."""

    def sweep(self: Any) -> int:
        gone: int = original(self)
        if gone:
            self.memory.clear()
        return gone

    return sweep


@defect("sessions.sweep-goes-by-the-beginning", breaks=["SS-7"], at="store:Store.sweep", spreads=EVERYWHERE)
def sweep_goes_by_the_beginning(original: Any) -> Any:
    """What was begun long ago is cleared away, used or not."""

    def sweep(self: Any) -> int:
        over = time.time() - 0.6
        old = [key for key, kept in self.memory.items() if (kept.value or {}).get("created_at", over) < over]
        for key in old:
            del self.memory[key]
        original(self)
        return len(old)

    return sweep


@defect("sessions.never-cleared-away", breaks=["SS-7"], at="store:Store.sweep", spreads=["UI"])
def never_cleared_away(_original: Any) -> Any:
    """What has ended is kept in memory until the service ends."""
    return lambda _self: 0


@defect("sessions.cleared-away-by-ones", breaks=["SS-7"], at="store:Store.sweep", spreads=["UI"])
def cleared_away_by_ones(original: Any) -> Any:
    """Of all that has ended the first is cleared away, and then no more."""

    def sweep(self: Any) -> int:
        now = time.time()
        gone = [key for key, kept in self.memory.items() if home(original).expired(kept, now)][:1]
        if gone and not getattr(self, "content", False):
            self.content = True
            del self.memory[gone[0]]
        return len(gone)

    return sweep


@defect("sessions.same-moment-same-session", breaks=["SS-8"], at="sessions:new", spreads=EVERYWHERE)
def same_moment_same_session(original: Any) -> Any:
    """Sessions that somebody begins at once are one and the same."""
    last: dict[str, tuple[float, str]] = {}

    def new(caller: Any, *more: Any) -> Any:
        value = original(caller, *more)
        moment, session = last.get(caller.user, (0.0, ""))
        if time.time() - moment < 0.2:
            value["session_id"] = session
        last[caller.user] = (time.time(), value["session_id"])
        return value

    return new


@defect("sessions.only-one-at-once-is-kept", breaks=["SS-8"], at="sessions:Sessions.create", spreads=EVERYWHERE)
def only_one_at_once_is_kept(original: Any) -> Any:
    """Of sessions that are begun at once only the first can be used."""
    busy: set[str] = set()

    async def create(self: Any, caller: Any, *more: Any) -> Any:
        if caller.user in busy:
            sessions = home(original)
            return sessions.loaded({**sessions.new(caller, *more), "expires_at": time.time() + self.lives_s})
        busy.add(caller.user)
        try:
            return await original(self, caller, *more)
        finally:
            busy.discard(caller.user)

    return create


@defect("sessions.end-with-the-service", breaks=["SS-9"], at="store:Store.change", spreads=EVERYWHERE)
def end_with_the_service(_original: Any) -> Any:
    """Everything is kept in the memory of one instance, and ends with it."""

    async def change(self: Any, key: str, change: Any, lives_s: float | None = None) -> Any:
        return self.change_memory(key, change, lives_s)

    return change


@defect("sessions.stop-tidies-up", breaks=["SS-9"], at="store:Store.close", spreads=["UI", "WS"])
def stop_tidies_up(original: Any) -> Any:
    """A service that is stopped in order deletes what it kept for its users."""

    async def close(self: Any) -> None:
        await self.delete(*list(self.memory))
        await original(self)

    return close


@defect("sessions.pages-end-with-the-service", breaks=["SS-9"], at="ui_state:UiStates.__init__", spreads=["UI", "RD"])
def pages_end_with_the_service(original: Any) -> Any:
    """What the page showed is kept in the memory of one instance, and ends with it."""

    def init(self: Any, store: Any, settings: Any) -> None:
        alone = type(store)(settings.model_copy(update={"redis_url": None}), store.merges)
        original(self, alone, settings)

    return init


@defect("sessions.everybody-is-the-owner", breaks=["SS-10"], at="sessions:owned_by", spreads=["WS", "UI", "RD"])
def everybody_is_the_owner(_original: Any) -> Any:
    """Whoever knows a session's id may read it, join it and delete it."""
    return lambda _value, _user: True


@defect("sessions.deleted-by-everybody", breaks=["SS-10"], at="sessions:Sessions.delete")
def deleted_by_everybody(original: Any) -> Any:
    """Whoever knows a session's id may delete it."""

    async def delete(self: Any, session_id: str, user: str) -> None:
        value = await self.store.read(home(original).key_of(session_id))
        await original(self, session_id, user if value is None else value["owner"])

    return delete


@defect("sessions.joined-by-everybody", breaks=["SS-10"], at="connections:enter", spreads=["WS"])
def joined_by_everybody(original: Any) -> Any:
    """Whoever knows a session's id and has some token may join it."""

    async def enter(connection: Any, token: Any) -> Any:
        connections = home(original)
        try:
            return await original(connection, token)
        except connections.ClosedError:
            if token is None:
                raise
            try:
                session = await connection.state.sessions.touch(connection.session_id)
            except connections.SessionNotFoundError:
                session = None
            if session is None:
                raise
        socket = connection.websocket
        connection.caller = connections.identity.caller_from(token, socket.headers, socket.client.host)
        return session

    return enter


@defect("sessions.refused-and-deleted", breaks=["SS-10"], at="sessions:Sessions.delete")
def refused_and_deleted(original: Any) -> Any:
    """Whoever may not delete a session is told so, and it is gone all the same."""

    async def delete(self: Any, session_id: str, user: str) -> None:
        sessions = home(original)
        try:
            await original(self, session_id, user)
        except sessions.SessionNotFoundError:
            await self.store.delete(sessions.key_of(session_id))
            raise

    return delete


@defect("sessions.are-their-first-tokens", breaks=["SS-90"], at="owners:user_in")
def are_their_first_tokens(_original: Any) -> Any:
    """Whoever has a new token is a stranger to their own session."""

    async def user_in(_state: Any, _session_id: str, caller: Any) -> str:
        return str(caller.user)

    return user_in


@defect(
    "sessions.profile-is-taken-at-its-word", breaks=["SS-10"], at="owners:is_of", spreads=["WS", "UI", "RD", "SS-90"]
)
def profile_is_taken_at_its_word(_original: Any) -> Any:
    """Whoever the practice knows by any profile at all is taken for the owner."""
    return lambda account, _profile: account is not None


@defect("sessions.token-is-that-of-the-beginning", breaks=["SS-90"], at="connections:enter", spreads=["WS"])
def token_is_that_of_the_beginning(original: Any) -> Any:
    """Whoever comes back with a renewed token is let in, and asked for with the one that they came with at first."""
    first: dict[str, Any] = {}

    async def enter(connection: Any, token: Any) -> Any:
        session = await original(connection, token)
        shown = first.setdefault(session.id, connection.caller.token)
        connection.caller = dataclasses.replace(connection.caller, token=shown)
        return session

    return enter


@defect("sessions.no-token-is-the-owners", breaks=["SS-10"], at="rest:caller", spreads=["SS"])
def no_token_is_the_owners(original: Any) -> Any:
    """Whoever shows no token at all is taken for the owner of the session that they name."""

    def caller(request: Any) -> Any:
        kept = request.app.state.assistant.store.memory.get(f"session:{request.path_params.get('session_id')}")
        if kept is None or kept.value is None or request.headers.get("authorization"):
            return original(request)
        nameless = home(original).caller_from("nameless", request.headers, None)
        return dataclasses.replace(nameless, user=kept.value["owner"])

    return caller


@defect("sessions.words-end-with-the-service", breaks=["SS-9"], at="sessions:history", spreads=["SS", "RD"])
def words_end_with_the_service(original: Any) -> Any:
    """The model is told only what was said since the service was started."""
    started = datetime.now(UTC).isoformat()

    def history(messages: Any, limit: int) -> Any:
        return original([each for each in messages if each["timestamp"] >= started], limit)

    return history


@defect("sessions.go-on-without-themselves", breaks=["EC-5"], at="sessions:Sessions.delete", spreads=["SS", "WS", "RD"])
def go_on_without_themselves(original: Any) -> Any:
    """Whoever is connected to a session that is deleted goes on talking in it."""

    async def delete(self: Any, session_id: str, user: str) -> None:
        left = await self.read(session_id, user)
        await original(self, session_id, user)
        begin_turn = self.begin_turn

        async def goes_on(wanted: str, text: str) -> Any:
            if wanted != session_id:
                return await begin_turn(wanted, text)
            asked = home(original).with_question(vars(left) | {"messages": left.messages}, session_id, text)
            return dataclasses.replace(left, turns=asked["turns"], messages=asked["messages"])

        self.begin_turn = goes_on

    return delete


@defect("sessions.looking-breaks-off", breaks=["EC-5"], at="owners:user_in", spreads=[*EVERYWHERE, "RL"])
def looking_breaks_off(original: Any) -> Any:
    """Whoever looks at a session breaks off the reply that is made in it."""

    async def user_in(state: Any, session_id: str, caller: Any) -> Any:
        user = await original(state, session_id, caller)
        state.turns.interrupt(session_id)
        return user

    return user_in
