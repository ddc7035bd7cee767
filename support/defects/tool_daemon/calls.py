"""Time limits, heartbeats, capacity, cache and duplicates that do not do what they are there for."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import threading
from typing import Any

from support.defects import defect, home


@defect(
    "daemon-timeouts.shim-before-the-daemon",
    breaks=["TD-8"],
    at="settings:Settings.timeouts",
    spreads=["TD-9", "TD-26"],
)
def shim_before_the_daemon(original: Any) -> Any:
    """The shim is told to give up before the daemon does."""
    return property(lambda self: {**original.fget(self), "shim": self.daemon_timeout / 2})


@defect("daemon-timeouts.own-ones-are-ignored", breaks=["TD-9"], at="settings:Settings.timeouts", spreads=["TD-8"])
def own_ones_are_ignored(_original: Any) -> Any:
    """Whatever limits an operator sets, the daemon lives by the default ones."""
    return property(lambda _self: {"tool": 120.0, "daemon": 180.0, "shim": 240.0, "client": 300.0})


@defect("daemon-timeouts.another-default", breaks=["TD-26"], at="settings:Settings.timeouts", spreads=["TD-8", "TD-9"])
def another_default(original: Any) -> Any:
    """With nothing told, clients are advised to wait for ten minutes."""
    return property(lambda self: {**original.fget(self), "client": 600.0})


@defect("daemon-timeouts.promised-is-the-default", breaks=["TD-9"], at="calls:accept", spreads=["TD-99"])
def promised_is_the_default(original: Any) -> Any:
    """The acknowledgement promises an answer within three minutes, whatever the limit is."""

    async def accept(call: Any) -> None:
        send = call.send

        async def altered(frame: dict[str, Any]) -> None:
            await send({**frame, "timeout": 180.0} if "timeout" in frame else frame)

        call.send = altered
        await original(call)
        call.send = send

    return accept


@defect("daemon-timeouts.wrong-one-is-named", breaks=["TD-11"], at="refusals:timed_out")
def wrong_one_is_named(original: Any) -> Any:
    """Whichever limit it was, the daemon's is named."""
    return lambda tool, layer, seconds: original(tool, "daemon" if layer == "tool" else "tool", seconds)


@defect("daemon-timeouts.told-as-a-failure", breaks=["TD-11"], at="refusals:timed_out", spreads=["TD-90"])
def told_as_a_failure(original: Any) -> Any:
    """A tool that took too long is told as one that has failed."""
    return lambda tool, *_: home(original).failed(tool, ["TimeoutError"])


@defect("daemon-timeouts.tool-is-stopped-early", breaks=["TD-11"], at="calls:ends", spreads=["TD"])
def tool_is_stopped_early(original: Any) -> Any:
    """A tool is stopped after a fiftieth of the time that it has."""
    return lambda task, seconds: original(task, seconds / 50)


@defect("daemon-timeouts.tool-is-not-stopped", breaks=["TD-11"], at="calls:run", spreads=["TD-90"])
def tool_is_not_stopped(original: Any) -> Any:
    """A tool may take two seconds more than its limit, and is then told as stopped at it."""

    async def run(call: Any, tool: Any) -> Any:
        limits = call.state.settings
        own, limits.tool_timeout = limits.tool_timeout, limits.tool_timeout + 2
        try:
            return await original(call, tool)
        except home(original).Refused as refusal:
            if refusal.more.get("layer") == "tool":
                raise home(original).refusals.timed_out(call.name, "tool", own) from None
            raise
        finally:
            limits.tool_timeout = own

    return run


@defect("heartbeats.stop-the-tool", breaks=["TD-12"], at="calls:run", spreads=["TD"])
def stop_the_tool(original: Any) -> Any:
    """The first heartbeat stops the tool that it tells of."""
    module = home(original)

    async def run(call: Any, tool: Any) -> Any:
        interval = call.state.settings.heartbeat_interval
        try:
            return await asyncio.wait_for(original(call, tool), interval * 1.5)
        except TimeoutError:
            raise module.refusals.timed_out(call.name, "tool", call.state.settings.tool_timeout) from None

    return run


def at_interval(factor: float) -> Any:
    """Heartbeats at another interval than the operator's."""

    def wrapper(original: Any) -> Any:
        async def keep_beating(call: Any) -> None:
            async for _ in home(original).clock.ticks(call.state.settings.heartbeat_interval * factor):
                await call.tell()

        return keep_beating

    return wrapper


@defect("heartbeats.too-rare", breaks=["TD-12"], at="calls:keep_beating", spreads=["TD-13", "TD-34"])
def too_rare(original: Any) -> Any:
    """Heartbeats come at four times the interval."""
    return at_interval(4)(original)


@defect("heartbeats.too-often", breaks=["TD-12"], at="calls:keep_beating", spreads=["TD-13"])
def too_often(original: Any) -> Any:
    """Heartbeats come at a third of the interval."""
    return at_interval(1 / 3)(original)


@defect("heartbeats.one-at-once", breaks=["TD-12"], at="calls:keep_beating", spreads=["TD-13", "TD-99"])
def one_at_once(original: Any) -> Any:
    """The first heartbeat does not wait for the interval."""

    async def keep_beating(call: Any) -> None:
        await call.tell()
        await original(call)

    return keep_beating


@defect("heartbeats.one-behind-the-result", breaks=["TD-12"], at="calls:serve", spreads=["TD"])
def one_behind_the_result(original: Any) -> Any:
    """A heartbeat comes when the result was told already."""

    async def serve(call: Any) -> None:
        await original(call)
        await call.tell()

    return serve


@defect("heartbeats.none", breaks=["TD-12", "TD-34"], at="calls:keep_beating", spreads=["TD-13"])
def none(_original: Any) -> Any:
    """Nobody hears anything until the result."""

    async def keep_beating(_call: Any) -> None:
        """Say nothing."""

    return keep_beating


@defect("heartbeats.stuck-at-the-first-step", breaks=["TD-13"], at="progress:Progress.at")
def stuck_at_the_first_step(_original: Any) -> Any:
    """However far a tool has come, it is told as in its first step of one."""
    return lambda _self, _step, _total: None


def telling(**changes: Any) -> Any:
    """A wrapper of Progress.shown that tells something else."""
    return lambda original: lambda self: {**original(self), **{name: change(self) for name, change in changes.items()}}


@defect("heartbeats.milliseconds", breaks=["TD-13"], at="progress:Progress.shown", spreads=["TD-12", "TD-34"])
def milliseconds(original: Any) -> Any:
    """The time so far is told in milliseconds as if it were seconds."""
    return telling(elapsed=lambda self: round(self.elapsed() * 1000))(original)


@defect("heartbeats.time-left-is-never-known", breaks=["TD-13"], at="progress:Progress.shown")
def time_left_is_never_known(original: Any) -> Any:
    """The time that a tool may still take is never told."""
    return telling(estimated_remaining=lambda _self: None)(original)


@defect("heartbeats.time-left-is-the-time-so-far", breaks=["TD-13"], at="progress:Progress.shown")
def time_left_grows(original: Any) -> Any:
    """The time left grows with the time so far."""
    return telling(estimated_remaining=lambda self: self.elapsed() * 3 if self.step > 1 else None)(original)


@defect("daemon-calls.one-stalls-all", breaks=["TD-96"], at="tools.exercises:rest", spreads=["TD"])
def one_stalls_all(_original: Any) -> Any:
    """While one agent's tool is slow, nobody is answered."""

    async def rest(seconds: float, *, stubborn: bool) -> bool:
        threading.Event().wait(min(seconds, 1.5))
        return stubborn

    return rest


@defect("daemon-calls.one-failure-fails-all", breaks=["TD-96"], at="calls:carried_out")
def one_failure_fails_all(original: Any) -> Any:
    """When a tool of one agent fails, the others' calls under way fail with it."""
    failures: list[Any] = []
    module = home(original)

    async def carried_out(call: Any, tool: Any) -> Any:
        try:
            outcome = await original(call, tool)
        except module.Refused as refusal:
            failures.append(refusal)
            raise
        if failures:
            raise failures[0]
        return outcome

    return carried_out


# Cache, duplicates, capacity


@defect("daemon-cache.ignores-an-argument", breaks=["TD-90"], at="calls:Call.identity")
def ignores_an_argument(original: Any) -> Any:
    """A call that differs in the model's behaviour only is answered as the earlier one."""

    def identity(self: Any) -> str:
        rest = {name: each for name, each in self.arguments.items() if name != "system"}
        return str(home(original.fget).caching.identity(self.name, rest))

    return property(identity)


@defect("daemon-cache.minds-the-order", breaks=["TD-90", "TD-91"], at="calls:Call.identity")
def minds_the_order(_original: Any) -> Any:
    """The same arguments in another order are another call."""
    return property(lambda self: f"{self.name}{list(self.arguments.items())}")


@defect("daemon-cache.minds-the-tool-only", breaks=["TD-90"], at="calls:Call.identity", spreads=["TD"])
def minds_the_tool_only(_original: Any) -> Any:
    """Whatever a tool is asked, it is answered as it was at first."""
    return property(lambda self: self.name)


@defect("daemon-cache.keeps-failures", breaks=["TD-90"], at="calls:carried_out", spreads=["TD"])
def keeps_failures(original: Any) -> Any:
    """A call that has failed once is not tried again."""
    failed: dict[str, Exception] = {}

    async def carried_out(call: Any, tool: Any) -> Any:
        if call.identity in failed:
            raise failed[call.identity]
        try:
            return await original(call, tool)
        except home(original).Refused as refusal:
            failed[call.identity] = refusal
            raise

    return carried_out


@defect("daemon-cache.keeps-nothing", breaks=["TD-90"], at="caching:Cache.get", spreads=["TD-7", "TD-18"])
def keeps_nothing(_original: Any) -> Any:
    """What was worked out is worked out again."""
    return lambda _self, _key: None


@defect("daemon-cache.keeps-for-ever", breaks=["TD-90"], at="caching:Cache.put")
def keeps_for_ever(original: Any) -> Any:
    """What was answered once is answered for ever."""

    def put(self: Any, key: str, value: Any) -> None:
        self.ttl = 1e9
        original(self, key, value)

    return put


@defect("duplicates.are-begun", breaks=["TD-91"], at="calls:in_flight")
def duplicates_are_begun(_original: Any) -> Any:
    """A call that is under way is begun a second time."""
    return lambda _call, _tool: contextlib.nullcontext()


@defect("duplicates.name-nobody", breaks=["TD-91"], at="refusals:duplicate")
def duplicates_name_nobody(original: Any) -> Any:
    """A duplicate is refused without a word on what it duplicates."""
    return lambda _original_id: original("another")


@defect("duplicates.by-tool-only", breaks=["TD-91"], at="calls:Call.identity", spreads=["TD"])
def by_tool_only(_original: Any) -> Any:
    """While a tool works for one agent, it is refused to all others, whatever they want of it."""
    return property(lambda self: self.name)


@defect("daemon-capacity.off-by-one", breaks=["TD-92"], at="capacity:Capacity.check")
def capacity_off_by_one(original: Any) -> Any:
    """One call more than allowed is let in."""

    def check(self: Any, session: str, provider: str | None) -> None:
        names = ("global_inflight", "provider_inflight", "session_inflight")
        more = {name: getattr(self.settings, name) + 1 for name in names}
        original(dataclasses.replace(self, settings=self.settings.model_copy(update=more)), session, provider)

    return check


@defect("daemon-capacity.last-place-is-kept-free", breaks=["TD-92"], at="capacity:Capacity.check", spreads=["TD"])
def last_place_is_kept_free(original: Any) -> Any:
    """The last call that all agents together may have under way is refused."""

    def check(self: Any, session: str, provider: str | None) -> None:
        fewer = self.settings.model_copy(update={"global_inflight": self.settings.global_inflight - 1})
        original(dataclasses.replace(self, settings=fewer), session, provider)

    return check


@defect("daemon-capacity.places-stay-taken", breaks=["TD-92"], at="capacity:Capacity._change", spreads=["TD"])
def places_stay_taken(original: Any) -> Any:
    """A place is taken for good, also when its call has ended."""
    return lambda self, session, provider, by: original(self, session, provider, by) if by > 0 else None


@defect("daemon-capacity.one-session-takes-all", breaks=["TD-92"], at="capacity:Capacity.check")
def one_session_takes_all(original: Any) -> Any:
    """What one session may have at once is counted over all sessions."""

    def check(self: Any, session: str, provider: str | None) -> None:
        everybody = type(self.sessions)({session: self.total})
        original(dataclasses.replace(self, sessions=everybody), session, provider)

    return check


@defect("daemon-capacity.no-word-on-when", breaks=["TD-92"], at="refusals:over_capacity")
def no_word_on_when(original: Any) -> Any:
    """Whoever is refused for lack of capacity is told to try again at once."""

    def over_capacity(scope: str, limit: int) -> Any:
        refusal = original(scope, limit)
        refusal.more["retry_after"] = 0
        return refusal

    return over_capacity


@defect("daemon-tools.one-is-not-listed", breaks=["TD-98", "TD-34"], at="tools:listed")
def one_is_not_listed(original: Any) -> Any:
    """The last tool is there, and not listed."""
    return lambda: original()[:-1]


@defect("daemon-tools.arguments-are-not-told", breaks=["TD-98"], at="tools.base:schema", spreads=["TD-34"])
def arguments_are_not_told(original: Any) -> Any:
    """The list does not say what a tool takes."""
    return lambda model: {**original(model), "properties": {}}


@defect("daemon-tools.unknown-one-without-a-hint", breaks=["TD-98"], at="refusals:not_found")
def unknown_one_without_a_hint(original: Any) -> Any:
    """A tool that there is not is refused without a word on those that there are."""
    return lambda name, _known: original(name, [])


@defect("daemon-tools.unknown-one-is-not-named", breaks=["TD-98"], at="refusals:not_found")
def unknown_one_is_not_named(original: Any) -> Any:
    """Who calls a tool that there is not is not told which of the calls is meant."""
    return lambda _name, known: original("?", known)


@defect("daemon-tools.unknown-arguments-pass", breaks=["TD-98"], at="tools.base:Tool.read", spreads=["TD-33"])
def unknown_arguments_pass(original: Any) -> Any:
    """What a tool does not take is left unread, without a word."""

    def read(self: Any, arguments: dict[str, Any]) -> Any:
        return original(self, {name: each for name, each in arguments.items() if name in self.arguments.model_fields})

    return read


@defect("daemon-tools.no-model-is-listed", breaks=["TD-98"], at="tools.asking:list_models", spreads=["TD-34"])
def no_model_is_listed(original: Any) -> Any:
    """The provider has models, and none is listed."""

    async def list_models(context: Any, _arguments: Any) -> Any:
        asking, name = home(original), context.state.providers.first.name
        return asking.Outcome(asking.json.dumps({"provider": name, "models": []}), provider=name)

    return list_models
