"""Sessions that are mixed up, left behind, thrown out too early or too late, limited or counted wrongly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from support.defects import defect, home


@defect("daemon-sessions.shared-by-all", breaks=["TD-1"], at="sessions:Sessions.begin", spreads=["TD"])
def shared_by_all(original: Any) -> Any:
    """Whoever connects is given the session of whoever was there first."""

    def begin(self: Any, close: Any) -> Any:
        session = original(self, close)
        first = next(iter(self.open.values()))
        if first is not session:
            del self.open[session.id]
            session.id = first.id
        return session

    return begin


@defect("daemon-sessions.left-behind", breaks=["TD-2"], at="sessions:Sessions.end", spreads=["TD"])
def left_behind(_original: Any) -> Any:
    """The session of an agent that has gone is kept, and counted."""

    def end(_self: Any, session: Any) -> None:
        for call in list(session.calls.values()):
            call.cancel()

    return end


@defect("daemon-sessions.first-one-is-not-counted", breaks=["TD-1"], at="sessions:Sessions.count", spreads=["TD"])
def first_one_is_not_counted(original: Any) -> Any:
    """An agent that is alone has no session."""
    return lambda self: 0 if original(self) == 1 else original(self)


@defect(
    "daemon-sessions.activity-is-not-noticed", breaks=["TD-3"], at="sessions:Session.touch", spreads=["TD-4", "TD-5"]
)
def activity_is_not_noticed(_original: Any) -> Any:
    """An agent that says something again and again is taken for a silent one."""
    return lambda _self: None


@defect("daemon-sessions.waiting-is-silence", breaks=["TD-3"], at="sessions:Session.silent_for")
def waiting_is_silence(original: Any) -> Any:
    """An agent that waits for a slow tool is sent away as silent."""
    return lambda self: home(original).clock.now() - self.last_active


@defect("daemon-sessions.silence-never-ends-one", breaks=["TD-4", "TD-5"], at="sessions:Sessions.stale")
def silence_never_ends_one(_original: Any) -> Any:
    """A silent session stays for ever."""
    return lambda _self: []


@defect("daemon-sessions.closed-without-a-reason", breaks=["TD-4"], at="sessions:Sessions.reason", spreads=["TD-5"])
def closed_without_a_reason(_original: Any) -> Any:
    """A silent agent is sent away without a word."""
    return lambda _self: ""


@defect("daemon-sessions.half-the-time", breaks=["TD-4"], at="sessions:Sessions.stale", spreads=["TD-3", "TD-5"])
def half_the_time(_original: Any) -> Any:
    """A session ends after half the time that it may be silent."""
    return lambda self: [each for each in self.open.values() if each.silent_for() > self.settings.session_timeout / 2]


@defect("daemon-sessions.sweep-takes-the-active", breaks=["TD-5", "TD-3"], at="sessions:Sessions.stale")
def sweep_takes_the_active(original: Any) -> Any:
    """The sweep removes whoever came long ago, at work or not."""

    def stale(self: Any) -> list[Any]:
        now = home(original).clock.now()
        return [each for each in self.open.values() if now - each.opened > self.settings.session_timeout]

    return stale


@defect("daemon-sessions.sweep-takes-who-listens", breaks=["TD-5"], at="sessions:Sessions.stale", spreads=["TD"])
def sweep_takes_who_listens(_original: Any) -> Any:
    """A sweep takes everybody who has said nothing since the last but one."""
    return lambda self: [each for each in self.open.values() if each.silent_for() > 2 * self.settings.sweep_interval]


@defect("daemon-sessions.sweep-takes-one-only", breaks=["TD-5"], at="sessions:Sessions.sweep")
def sweep_takes_one_only(original: Any) -> Any:
    """The sweep removes the first silent session that it finds, once, and is content."""

    def sweep(self: Any) -> None:
        if not self.metrics.sessions["timed_out"]:
            every = self.stale
            self.stale = lambda: every()[:1]
            original(self)
            self.stale = every

    return sweep


@defect("daemon-sessions.limit-off-by-one", breaks=["TD-6"], at="sessions:Sessions.full", spreads=["TD-93"])
def limit_off_by_one(_original: Any) -> Any:
    """One session more than allowed is let in."""
    return lambda self: self.count() > self.settings.session_limit


@defect("daemon-sessions.last-place-is-kept-free", breaks=["TD-6"], at="sessions:Sessions.full", spreads=["TD"])
def last_place_is_kept_free(_original: Any) -> Any:
    """The last session that is allowed is refused."""
    return lambda self: self.count() + 1 >= self.settings.session_limit


@defect("daemon-sessions.limit-without-a-word", breaks=["TD-6"], at="connections:turn_away", spreads=["TD-93", "TD-94"])
def limit_without_a_word(original: Any) -> Any:
    """An agent beyond the limit is cut off with a code that means nothing to it, and without a reason."""

    async def turn_away(socket: Any, error: str, code: int) -> None:
        await (socket.close(1008, "") if code == 1013 else original(socket, error, code))

    return turn_away


@defect("daemon-metrics.cached-calls-are-not-counted", breaks=["TD-7"], at="metrics:Metrics.call")
def cached_calls_are_not_counted(original: Any) -> Any:
    """A call that was answered from the cache is missing in the metrics."""
    return lambda self, record: None if record["cached"] else original(self, record)


@defect("daemon-metrics.errors-are-successes", breaks=["TD-7"], at="metrics:Metrics.call")
def errors_are_successes(original: Any) -> Any:
    """The metrics call a failed call a good one."""

    def call(self: Any, record: dict[str, Any]) -> None:
        failed = record["outcome"] == "error"
        original(self, {**record, "outcome": "ok", "code": None} if failed else record)

    return call


@defect("daemon-metrics.milliseconds", breaks=["TD-7"], at="metrics:Metrics.call")
def milliseconds(original: Any) -> Any:
    """Durations are told in milliseconds as if they were seconds."""
    return lambda self, record: original(self, {**record, "seconds": record["seconds"] * 1000})


@defect("daemon-metrics.times-no-tool", breaks=["TD-7"], at="metrics:carried_out", spreads=["TD-96"])
def times_no_tool(_original: Any) -> Any:
    """However long calls take, the report tells no durations."""
    return lambda _record: False


@defect("daemon-metrics.sessions-are-counted-twice", breaks=["TD-7"], at="metrics:Metrics.session", spreads=["TD-96"])
def sessions_are_counted_twice(original: Any) -> Any:
    """Every session is counted when it begins and once more when it is welcomed."""

    def session(self: Any, what: str) -> None:
        for _ in range(1 + (what == "opened")):
            original(self, what)

    return session


@defect("daemon-health.counts-no-sessions", breaks=["TD-7"], at="health:brief", spreads=["TD"])
def counts_no_sessions(original: Any) -> Any:
    """An agent that asks how the daemon is hears of no sessions."""
    return lambda state: {**original(state), "sessions": 0}


@defect("daemon-health.never-renewed", breaks=["TD-95"], at="health:keep_writing", spreads=["TD"])
def never_renewed(original: Any) -> Any:
    """The health file is written at the start, and never again."""

    async def keep_writing(state: Any) -> None:
        home(original).attempt(state)

    return keep_writing


@defect("daemon-health.leaves-out-what-runs", breaks=["TD-95"], at="health:snapshot")
def leaves_out_what_runs(original: Any) -> Any:
    """The health file does not say how many calls are under way."""
    return lambda state: {name: each for name, each in original(state).items() if name != "global_inflight"}


@defect("daemon-hello.is-not-needed", breaks=["TD-93", "TD-94"], at="connections:rejection")
def is_not_needed(_original: Any) -> Any:
    """Whatever is said first opens a session, without a token."""
    return lambda _state, _frame: None


@defect("daemon-hello.codes-are-mixed-up", breaks=["TD-93"], at="connections:turn_away", spreads=["TD-6", "TD-94"])
def codes_are_mixed_up(original: Any) -> Any:
    """Whoever is sent away is sent away with the code of a bad request."""
    return lambda socket, error, _code: original(socket, error, 1008)


@defect("daemon-hello.is-waited-for-without-end", breaks=["TD-93"], at="connections:welcome", spreads=["TD"])
def is_waited_for_without_end(original: Any) -> Any:
    """A client that says nothing keeps its connection."""

    async def welcome(state: Any, socket: Any) -> Any:
        state.settings.hello_timeout = 600.0
        return await original(state, socket)

    return welcome


@defect("daemon-tokens.old-one-still-opens", breaks=["TD-94"], at="tokens:Tokens.rotate")
def old_one_still_opens(original: Any) -> Any:
    """After a rotation the old token opens, too."""

    def rotate(self: Any, old: Any, new: Any) -> Any:
        refused = original(self, old, new)
        opens = self.opens
        if refused is None:
            self.opens = lambda given: opens(given) or given == old
        return refused

    return rotate


@defect("daemon-tokens.anybody-changes-it", breaks=["TD-94"], at="tokens:Tokens.rotate")
def anybody_changes_it(original: Any) -> Any:
    """The token is changed for whoever asks, whether he knows it or not."""
    return lambda self, _old, new: original(self, self.current, new)


@defect("daemon-tokens.changed-and-denied", breaks=["TD-94"], at="tokens:Tokens.rotate")
def changed_and_denied(original: Any) -> Any:
    """Whoever does not know the token is told that he may not change it, and it is changed."""

    def rotate(self: Any, old: Any, new: Any) -> Any:
        refused = original(self, old, new)
        if refused is not None:
            self.current = new
        return refused

    return rotate


@defect("daemon-tokens.new-one-opens-later", breaks=["TD-94"], at="tokens:Tokens.rotate", spreads=["TD-30"])
def new_one_opens_later(_original: Any) -> Any:
    """The daemon says that the token was changed, and goes on with the old one."""
    return lambda self, old, _new: None if self.opens(old) else "unauthorized"


@defect("daemon-sessions.one-goes-all-calls-go", breaks=["TD-96"], at="sessions:Sessions.end", spreads=["TD"])
def one_goes_all_calls_go(original: Any) -> Any:
    """When an agent goes, the calls of all agents are stopped, and answered as if they had ended."""

    def end(self: Any, session: Any) -> None:
        for other in self.open.values():
            for call in list(other.calls.values()):
                call.cancel()
        original(self, session)

    return end


@defect(
    "daemon-sessions.calls-outlive-their-agent", breaks=["TD-96", "TD-34"], at="sessions:Sessions.end", spreads=["TD"]
)
def calls_outlive_their_agent(original: Any) -> Any:
    """The call of an agent that has gone runs on, and keeps its place."""

    def end(self: Any, session: Any) -> None:
        original(self, home(original).Session(session.id, session.close, session.opened, session.last_active))

    return end


@defect("daemon-sessions.who-reads-nothing-is-waited-for", breaks=["TD-96"], at="connections:deliver")
def who_reads_nothing_is_waited_for(original: Any) -> Any:
    """The daemon waits without end for an agent that reads nothing, and its calls keep their places."""
    return lambda socket, session, message, _patience: original(socket, session, message, 1e6)


@defect("daemon-end.who-reads-nothing-holds-it-up", breaks=["TD-100"], at="connections:part")
def who_reads_nothing_holds_it_up(_original: Any) -> Any:
    """A daemon that is told to end waits until every agent has read what it is told."""

    async def part(socket: Any, code: int, reason: str) -> None:
        if socket.transport.get_write_buffer_size():
            await asyncio.Event().wait()
        await socket.close(code, reason)

    return part


@defect("daemon-end.without-a-farewell", breaks=["TD-100"], at="connections:part", spreads=["TD-4", "TD-5"])
def without_a_farewell(_original: Any) -> Any:
    """A connection that the daemon ends is cut without a word."""

    async def part(socket: Any, _code: int, _reason: str) -> None:
        socket.transport.abort()

    return part


@defect("daemon-protocol.nonsense-ends-the-connection", breaks=["TD-97"], at="connections:take")
def nonsense_ends_the_connection(original: Any) -> Any:
    """Whoever says nonsense is cut off."""
    module = home(original)

    async def take(state: Any, socket: Any, session: Any, frame: Any) -> None:
        try:
            module.protocol.read(frame)
        except module.protocol.MessageError:
            await socket.close(1002, "protocol error")
            return
        await original(state, socket, session, frame)

    return take


@defect("daemon-protocol.nonsense-is-passed-over", breaks=["TD-97"], at="connections:reply", spreads=["TD-93"])
def nonsense_is_passed_over(original: Any) -> Any:
    """Who says what the daemon does not know is answered as if all were well."""

    def reply(state: Any, message: dict[str, Any]) -> dict[str, Any]:
        try:
            return dict(original(state, message))
        except home(original).protocol.MessageError:
            return {"op": "error", "message": "ok"}

    return reply


@defect("daemon-protocol.nonsense-is-all-alike", breaks=["TD-97"], at="protocol:read_call")
def nonsense_is_all_alike(original: Any) -> Any:
    """Whatever is wrong with a call, it is told as broken JSON."""

    def read_call(message: Any) -> Any:
        try:
            return original(message)
        except home(original).MessageError:
            raise home(original).MessageError("invalid_json") from None

    return read_call


Send = Callable[[dict[str, Any]], Awaitable[None]]


@defect("daemon-calls.no-acknowledgement", breaks=["TD-99"], at="calls:accept", spreads=["TD"])
def no_acknowledgement(original: Any) -> Any:
    """A call is begun without an acknowledgement."""

    async def accept(call: Any) -> None:
        send: Send = call.send

        async def unless_ack(frame: dict[str, Any]) -> None:
            if frame["op"] != "call_tool_ack":
                await send(frame)

        call.send = unless_ack
        await original(call)
        call.send = send

    return accept


@defect("daemon-calls.result-without-outputs", breaks=["TD-99"], at="calls:succeeded", spreads=["TD-90"])
def result_without_outputs(original: Any) -> Any:
    """A result has its text, and an empty list of outputs."""
    return lambda call, outcome: {**original(call, outcome), "outputs": []}
